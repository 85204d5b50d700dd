"""How runs travel to workers."""

from concurrent.futures import ThreadPoolExecutor

from fwsim.experiments.workers import _packed, _together, each_in_order


class Counting(ThreadPoolExecutor):
    """Counts what it is given."""

    given = 0

    def submit(self, *what, **more):
        """Count, and do it."""
        self.given += 1
        return super().submit(*what, **more)


def test_runs_travel_together_to_workers_that_are_few_and_come_back_in_order():
    jobs = [("", number) for number in range(100)]
    with Counting(2) as pool:
        done = list(each_in_order(lambda _, n: n, jobs, workers=None, executor=pool))
    assert done == list(range(100))
    assert pool.given == 17  # of six runs each


def test_an_executor_that_does_not_say_how_many_it_has_gets_run_by_run():
    assert _together(100, object()) == 1


def test_what_many_runs_share_is_packed_once():
    packed = []

    class Order:
        def packed(self):
            packed.append(self)
            return self

    order = Order()
    assert len(_packed([(order, number) for number in range(5)])) == 5
    assert packed == [order]
