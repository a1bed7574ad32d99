"""wrk's report is read exactly, and a changed report is never read as zero."""

import pytest

from tests.bench.load import Load, parse

REPORT = """Running 2s test @ http://127.0.0.1:8000/
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.41ms    1.31ms  15.78ms   87.50%
    Req/Sec     6.02k   512.00     7.10k    50.00%
  Latency Distribution
     50%    1.10ms
     75%    1.60ms
     90%  900.00us
     99%    1.20s
  12000 requests in 2.00s, 240.00MB read
Requests/sec:   6000.50
Transfer/sec:    120.00MB
"""


def test_a_clean_report_is_read():
    assert parse(REPORT) == Load(per_second=6000.5, p50=1.1, p99=1200.0, errors=0)


def test_refused_and_broken_answers_are_added_up():
    report = REPORT.replace(
        "Requests/sec",
        "  Socket errors: connect 0, read 2, write 0, timeout 1\n"
        "  Non-2xx or 3xx responses: 40\nRequests/sec",
    )
    assert parse(report).errors == 43


def test_a_report_without_a_figure_is_refused():
    with pytest.raises(ValueError, match="Requests/sec"):
        parse(REPORT.replace("Requests/sec", "Anfragen/s"))
