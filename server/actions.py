"""Custom actions in the server's own process, through Rasa's ordinary action endpoint."""

import logging
from typing import Any

from async_timeout import timeout as time_limit
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from server.handing_over import History, hand_over

logger = logging.getLogger(__name__)
# Seconds; WeChat waits five for the whole answer.
SLOWEST_ACTION = 4.0


class InProcessActions(EndpointConfig):
    """An endpoint that calls the actions of ``actions`` instead of another server.

    The actions stay ordinary rasa-sdk actions: ``python -m rasa_sdk --actions actions`` serves
    them too. They must not block: nothing else is answered while one does.
    """

    def __init__(self, package: str = "actions", timeout: float = SLOWEST_ACTION) -> None:
        """Register the actions.

        Args:
            package: where they are.
            timeout: seconds after which a hanging action is given up.
        """
        # The domain goes only to an action that asks for it in domain.yml.
        super().__init__(url="in-process", enable_selective_domain=True)
        self.timeout = timeout
        # Set by the agent: what is stored of a conversation.
        self.history: History | None = None
        self.executor = ActionExecutor()
        self.executor.register_package(package)

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Run the action that a request names.

        Returns:
            Events and responses. An action that fails or hangs answers with the apology, so that
            the person never meets silence.
        """
        call = kwargs["json"]
        try:
            async with time_limit(self.timeout):
                result = await self.executor.run(call)
            await hand_over(call, result or {}, self.history)
            return result or {"events": [], "responses": []}
        except (ActionExecutionRejection, ActionNotFoundException):
            raise
        except Exception as error:
            name = call.get("next_action")
            logger.exception("action %s failed: %s", name, type(error).__name__)
            return {"events": [], "responses": [apology()]}


def apology() -> dict[str, Any]:
    """What is said when something of ours broke."""
    from dialogue.assistant import assistant

    try:
        return {"text": assistant().wording.lead("error")}
    except Exception:
        # The wording itself is broken: the one sentence that cannot come from a file.
        return {"text": "抱歉，刚才出了点问题，请再发一次；急事请拨打 12393。"}
