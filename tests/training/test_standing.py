import pytest

from catfoot.training.standing import numbers_of, sentence_about

from .make import DAY, history, measured, of_version


@pytest.mark.parametrize(("n", "standing"), [(0, "unknown"), (9, "unknown"), (10, "above")])
def test_a_number_stands_beside_ten_comparable_runs_or_beside_none(n: int, standing: str) -> None:
    run = measured(0, 280.0)
    before = [measured(20 - i, 250.0 + i % 3) for i in range(n)]
    numbers = {number.name: number for number in numbers_of(run, history(*before, run))}
    gct = numbers["gct"]
    assert gct.standing == standing
    assert gct.usual_n == (n if standing == "above" else 0)
    if standing == "unknown":
        assert gct.text == f"Contact time: 280 ms; not enough data: {n} of 10 comparable runs"
        assert "not enough data yet" in sentence_about(run, tuple(numbers.values()), DAY)


def test_runs_of_another_version_are_not_comparable() -> None:
    run = of_version(measured(0, 280.0), 2)
    old = [of_version(measured(40 - i, 250.0), 1) for i in range(12)]
    again = [of_version(measured(20 - i, 250.0), 2) for i in range(9)]
    gct = next(one for one in numbers_of(run, history(*old, *again, run)) if one.name == "gct")
    assert gct.usual is None
    assert "9 of 10" in gct.text
