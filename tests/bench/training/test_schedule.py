"""What is due at each step."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.errors import BenchError
from bench.method import GrowthStage, GrowthState
from bench.training.schedule import Schedule, growth_phases, growth_state, phase_name, phase_steps, steps_of

STAGES = (GrowthStage(4, 0.0, 0.0), GrowthStage(2, 0.2, 0.1), GrowthStage(1, 0.4, 0.1))


def schedule(steps: int = 100, n_critic: int = 1, decay_share: float = 0.5, evaluations: int = 0) -> Schedule:
    return Schedule(steps, n_critic, decay_share, evaluations)


def test_the_budget_is_covered_by_whole_batches() -> None:
    assert steps_of(22_400, 16) == 1400
    assert steps_of(33, 16) == 3
    with pytest.raises(BenchError, match="A budget of no image"):
        schedule(steps_of(0, 16))


def test_the_generator_steps_on_every_n_critic_th_step() -> None:
    assert [step for step in range(10) if schedule(n_critic=5).updates_generator(step)] == [4, 9]


def test_the_rate_is_whole_and_then_falls_in_a_line_to_zero_at_the_end() -> None:
    factors = [schedule().learning_rate_factor(step) for step in (0, 49, 50, 75, 99, 100)]
    assert factors == pytest.approx([1, 1, 1, 0.5, 0.02, 0])
    assert schedule(decay_share=0.0).learning_rate_factor(99) == 1


def test_a_decay_to_0_999_follows_stargans_published_code() -> None:
    """Its solver, iteration by iteration: every 1,000th of the last 100,000 takes 1,000 / 100,000 of 1/1,000 away."""
    iterations, decaying, every = 200_000, 100_000, 1_000
    ours = Schedule(iterations, 5, decaying / iterations, 0, decay_to=0.999)
    rate, published = 1e-4, []
    for iteration in range(iterations):
        published.append(rate)
        if (iteration + 1) % every == 0 and iteration + 1 > iterations - decaying:
            rate -= 1e-4 / decaying
    assert rate == pytest.approx(9.99e-5)
    for step in range(0, iterations, 997):
        assert 1e-4 * ours.learning_rate_factor(step) == pytest.approx(published[step], rel=1.1e-5)


@given(steps=st.integers(1, 500), evaluations=st.integers(0, 20))
def test_every_evaluation_happens_once_and_the_last_at_the_end(steps: int, evaluations: int) -> None:
    plan = schedule(steps=steps, evaluations=evaluations)
    due = [done for done in range(1, steps + 1) if plan.is_evaluation(done)]
    assert len(due) == min(evaluations, steps)
    assert not due or due[-1] == steps


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.0, GrowthState(0, 1.0, 32)),
        (0.2, GrowthState(1, 0.0, 64)),
        (0.25, GrowthState(1, 0.5, 64)),
        (0.39, GrowthState(1, 1.0, 64)),
        (0.45, GrowthState(2, 0.5, 128)),
        (1.0, GrowthState(2, 1.0, 128)),
    ],
)
def test_growth_follows_the_share_of_the_budget(share: float, expected: GrowthState) -> None:
    state = growth_state(STAGES, share, 128)
    assert (state.stage, state.image_size_px) == (expected.stage, expected.image_size_px)
    assert state.alpha == pytest.approx(expected.alpha)


def test_a_method_without_stages_is_full_size_from_the_start() -> None:
    assert growth_state((), 0.0, 128) == GrowthState(0, 1.0, 128)


def test_phases_share_out_all_steps_in_order() -> None:
    phases = phase_steps(STAGES, 20, 128)
    assert phases == (("32px", 4), ("64px_fading", 2), ("64px", 2), ("128px_fading", 2), ("", 10))
    assert phase_steps((), 7, 32) == (("", 7),)


def test_every_phase_of_a_training_is_one_of_those_that_are_timed() -> None:
    timed = {phase_name(growth, 128) for growth in growth_phases(STAGES, 128)}
    assert {name for name, _ in phase_steps(STAGES, 20, 128)} == timed
    assert list(growth_phases((), 128)) == []


@pytest.mark.parametrize("step", range(20))
def test_a_step_belongs_to_the_phase_that_the_trainer_grows_to(step: int) -> None:
    phases = [name for name, count in phase_steps(STAGES, 20, 128) for _ in range(count)]
    growth = growth_state(STAGES, step / 20, 128)
    assert phases[step] == phase_name(growth, 128)
