"""How much each thing weighs in what a message is taken for."""

import msgspec

# By so much a guess stays below the probability from which none is named.
LESS = 0.01


class Weights(msgspec.Struct, frozen=True):
    """What makes one reading win over another; ``docs/nlu.md`` says how they were chosen.

    Attributes:
        stray: probability from which what is not ours is taken for that, whatever is talked about.
        least: probability that a reading needs to be taken at all.
        opening: the same where nothing is talked about.
        sure: probability from which a reading stands against a thing that is merely named.
        guess: probability from which an intent of a topic is taken where nothing is talked about
            and the words do not say for sure that it is ours.
        otherwise: probability from which another reading is taken where the likeliest would say
            the same as the last reply, and is not twice as likely.
        beside: probability that a reading needs to be answered in full beside a likelier one of
            the same message; below it, only its first line is said.
        doubt: what is added to both probabilities of a reading, alone and as going on, before
            they are multiplied: neither rules it out by itself.
        telling: how much less likely it is that somebody only tells who asks in so many words.
        asking: how much less likely it is that somebody asks who names nothing but a place, an age
            or a person.
        presumed: the same of what presumes something that nobody has told.
        elsewhere: the same of what lies far from what is talked about.
        stated: probability below which what states a fact in the midst of a conversation is taken
            for no question.
        certain: probability from which another alarm is taken for one behind an alarm.
        guessed: probability below which an answer says too what it takes the question for.
    """

    stray: float = 0.5
    least: float = 0.1
    opening: float = 0.15
    sure: float = 0.3
    guess: float = 0.4
    otherwise: float = 0.12
    beside: float = 0.45
    stated: float = 0.2
    guessed: float = 0.25
    certain: float = 0.6
    doubt: float = 0.01
    telling: float = 0.1
    asking: float = 0.1
    presumed: float = 0.1
    elsewhere: float = 0.05
