"""Executes the code cells of a notebook (JSON on standard input) in the folder where this runs, and writes it with its new outputs to standard output.

nbclient ends a cell when its kernel is idle again. Deno's kernel may send an output just after that, about one time in six, so here outputs are
collected by the cell that they belong to, and waited for a little longer.
"""
import json
import queue
import sys
import tempfile
import time

from jupyter_client import KernelManager

CELL_SECONDS = 300
QUIET_SECONDS = 0.5


def output_of(kind, content):
    if kind == 'stream':
        return {'output_type': 'stream', 'name': content['name'], 'text': content['text']}
    if kind == 'error':
        return {'output_type': 'error', 'ename': content['ename'], 'evalue': content['evalue'], 'traceback': content['traceback']}
    output = {'output_type': kind, 'data': content['data'], 'metadata': content.get('metadata', {})}
    return {**output, 'execution_count': content.get('execution_count')} if kind == 'execute_result' else output


def execute(client, source):
    message = client.execute(source)
    outputs = []
    idle = False
    end = time.monotonic() + CELL_SECONDS
    while True:
        try:
            report = client.get_iopub_msg(timeout=QUIET_SECONDS)
        except queue.Empty:
            if idle:
                return outputs
            if time.monotonic() > end:
                raise SystemExit('a cell ran for more than %d s' % CELL_SECONDS)
            continue
        if report['parent_header'].get('msg_id') != message:
            continue
        kind = report['msg_type']
        if kind == 'status':
            idle = idle or report['content']['execution_state'] == 'idle'
        elif kind in ('stream', 'error', 'display_data', 'execute_result'):
            outputs.append(output_of(kind, report['content']))


notebook = json.load(sys.stdin)
manager = KernelManager(kernel_name='deno')
# What a worker throws and nobody catches is told on the kernel's standard error alone.
complaints = tempfile.TemporaryFile('w+')
manager.start_kernel(stderr=complaints)
client = manager.client()
try:
    client.start_channels()
    client.wait_for_ready(timeout=120)
    codes = [cell for cell in notebook['cells'] if cell['cell_type'] == 'code']
    for number, cell in enumerate(codes, 1):
        cell['outputs'] = execute(client, ''.join(cell['source']))
        cell['execution_count'] = number
        if any(output['output_type'] == 'error' for output in cell['outputs']):
            break
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
complaints.seek(0)
uncaught = [line.strip() for line in complaints if 'Uncaught' in line]
if uncaught:
    raise SystemExit('a worker threw: ' + uncaught[0])
json.dump(notebook, sys.stdout)
