"""What a web process does without, in a process of its own: modules cannot be unloaded."""

import subprocess
import sys

from local_services.schema import ROOT


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_web_process_does_not_load_sympy():
    assert run("import sys, saleor_config.wsgi; print('sympy' in sys.modules)") == "False"


def test_parcels_are_still_weighed_in_every_unit():
    code = (
        "from saleor_config import startup; startup.skip_sympy()\n"
        "from measurement.measures import Weight\n"
        "weight = Weight(kg=1) + Weight(g=500)\n"
        "print(weight.g, round(weight.lb, 4), weight > Weight(oz=52))"
    )
    assert run(code) == "1500.0 3.3069 True"


def test_whoever_wants_sympy_itself_gets_it():
    code = (
        "from saleor_config import startup; startup.skip_sympy()\n"
        "import sympy; print(sympy.Symbol('x') + sympy.Symbol('x'))"
    )
    assert run(code) == "2*x"


def test_a_loaded_measurement_is_left_alone():
    code = (
        "from measurement.measures import Temperature\n"
        "from saleor_config import startup; startup.skip_sympy()\n"
        "import measurement.measures; print(measurement.measures.Temperature is Temperature)"
    )
    assert run(code) == "True"
