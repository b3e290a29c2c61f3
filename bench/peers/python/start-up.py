"""Start-up: whole Python processes that import a package."""
import importlib.util
import subprocess
import sys

from contestant import serve


def started(package):
    subprocess.run([sys.executable, "-c", f"import {package}"], check=True)
    return []


serve([(f"{package}, imported by Python", 1, None, lambda package=package: started(package)) for package in ("numpy", "scipy", "torch") if importlib.util.find_spec(package)])
