"""A Python script as a contestant, see engine/contestants.mjs."""
import json
import sys
import time

import numpy as np


def parameters():
    return json.loads(sys.argv[1])


def serve(runs):
    """runs: list of (name, threads, setting or None, function that returns an array)."""
    print(json.dumps([{"name": name, "threads": threads, **({"setting": setting} if setting else {})} for name, threads, setting, _ in runs]), flush=True)
    results = {}
    for line in sys.stdin:
        command, index, argument = line.split()
        run = runs[int(index)][3]
        answer = {}
        if command == "run":
            start = time.perf_counter()
            for _ in range(int(argument)):
                results[index] = run()
            answer["seconds"] = (time.perf_counter() - start) / int(argument)
        else:
            # Complex numbers are pairs of doubles.
            array = np.ascontiguousarray(results[index])
            array.astype(np.complex128 if np.iscomplexobj(array) else np.float64).tofile(argument)
        print(json.dumps(answer), flush=True)
