"""Running the model's graph by calling its nodes in order, without dask's scheduler.

Rasa hands every message to dask, which sorts the same seven nodes anew, wraps each call in a
future and looks for cycles: a fifth of a turn. The order never changes, so it is found once.
"""

from typing import Any

from rasa.core.policies.policy import Policy
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelStorage


class DirectRunner(GraphRunner):
    """A graph runner for prediction, in one thread."""

    def __init__(
        self,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> None:
        """Load the components of all nodes.

        Args:
            graph_schema: the graph of the model.
            model_storage: where components find what they persisted.
            execution_context: passed to every component.
            hooks: called before and after each node.
        """
        self._schema = graph_schema
        self._nodes = {
            name: GraphNode.from_schema_node(name, node, model_storage, execution_context, hooks)
            for name, node in graph_schema.nodes.items()
        }
        self._orders: dict[tuple[str, ...], list[tuple[str, GraphNode, tuple[str, ...]]]] = {}

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> "DirectRunner":
        """Make the runner (see parent class)."""
        return cls(graph_schema, model_storage, execution_context, hooks)

    def policies(self) -> list[Policy]:
        """The policies that predict the next action."""
        components = (node._component for node in self._nodes.values())
        return [each for each in components if isinstance(each, Policy)]

    def run(
        self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        """Run what the targets need.

        Args:
            inputs: values by the placeholder names that nodes ask for.
            targets: nodes whose output is wanted; None means the schema's own.

        Returns:
            Output by target.

        Raises:
            GraphRunError: if an input has the name of a node, or one is missing.
        """
        wanted = tuple(targets or self._schema.target_names)
        order = self._orders.get(wanted)
        if order is None:
            order = self._orders[wanted] = self._order(wanted)
        done: dict[str, tuple[str, Any]] = {}
        for name, value in (inputs or {}).items():
            if name in self._nodes:
                raise GraphRunError(f"Input '{name}' has the name of a node.")
            done[name] = (name, value)
        for name, node, needs in order:
            try:
                done[name] = node(*[done[need] for need in needs])
            except KeyError as error:
                if error.args and error.args[0] in needs:
                    raise GraphRunError(f"Node '{name}' lacks input {error}.") from error
                raise
            except RuntimeError as error:
                raise GraphRunError("Error running runner.") from error
        return {name: done[name][1] for name in wanted}

    def _order(self, targets: tuple[str, ...]) -> list[tuple[str, GraphNode, tuple[str, ...]]]:
        """The nodes that targets need, each after those that it needs itself."""
        order: dict[str, tuple[str, GraphNode, tuple[str, ...]]] = {}

        def add(name: str) -> None:
            if name in order or name not in self._schema.nodes:
                return
            needs = tuple(self._schema.nodes[name].needs.values())
            for need in needs:
                add(need)
            order[name] = (name, self._nodes[name], needs)

        for target in targets:
            add(target)
        return list(order.values())
