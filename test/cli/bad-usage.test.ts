import { mkdirSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { filesIn, inEmptyFolder, relax } from './support.ts'

const cole = ['solve', 'cole-hopf', '--potential', 'x^2', '--grid', 'x=-3:3:21', '--gamma', '0.2', '--beta', '5']
const march = ['solve', 'hamilton-jacobi', '--potential', 'x^2', '--grid', 'x=-3:3:21', '--time', '0.2']
const envelope = ['solve', 'hopf-lax', '--potential', 'x^2', '--grid', 'x=-3:3:21', '--gamma', '0.2']

const sample = ['sample', '--potential', 'x^2', '--beta', '5', '--dt', '0.1', '--time', '1', '--paths', '10']

/** The same command line with the value of an option replaced, or taken away. */
function altered(argv: string[], option: string, value?: string): string[] {
  const at = argv.indexOf(option)
  return argv.toSpliced(at, 2, ...(value === undefined ? [] : [option, value]))
}

const commandLines: [string[], string][] = [
  [altered(sample, '--potential'), '--potential'],
  [altered(sample, '--potential', 'x^^2'), 'expression'],
  [altered(sample, '--beta'), '--beta'],
  [altered(sample, '--beta', '0'), '--beta'],
  [altered(sample, '--dt', '-1'), '--dt'],
  [altered(sample, '--time', 'long'), '--time'],
  [altered(sample, '--paths', '0.5'), '--paths'],
  [[...sample, '--initial', '1,2'], 'initial'],
  [[...sample, '--initial', 'x'], '--initial'],
  [[...sample, '--method', 'euler'], "'euler-maruyama'"],
  [[...sample, '--seed', '-1'], '--seed'],
  [[...sample, '--threads', '0'], '--threads'],
  [[...sample, '--out', 'x.csv'], '--out'],
  [[...sample, '--plot', 'x.npy'], '--plot'],
  [[...sample, '--dtt', '1'], '--dt'],
  [['verify', '--threads', '0'], '--threads'],
  [['verfy'], "'verify'"],
  [['verify', 'cole-hopff'], 'cole-hopf'],
  [['verify', '--tier', 'quik'], "'quick'"],
  [['verify', '--tier'], '--tier'],
  [['verify', '--paper', 'nature'], '--paper'],
  [['verify', 'cole-hop', '--paper', 'deep-relaxation'], "'cole-hopf'"],
  [['verify', '--seed', '1.5'], '--seed'],
  [['verify', '--seed', '-1'], '--seed'],
  [['verify', '--seed', 'NaN'], '--seed'],
  [['verify', '--sead', '1'], '--seed'],
  [['verify', '--seed', '1', '--seed', '2'], 'once'],
  [['verify', 'cole-hopf', '--out', 'a-file/report'], '--out'],
  [['verify', 'cole-hopf', '--out', 'a-file'], '--out'],
  [['verify', 'cole-hopf', '--out', '/proc/report'], '--out'],
  [['verify', 'cole-hopf', '--out', ''], '--out'],
  [['list', 'everything'], 'got 1'],
  [['list', '--jsn'], '--json'],
  [['solve'], 'equation'],
  [['solve', 'cole-hop'], "'cole-hopf'"],
  [[...cole, 'hopf-lax'], 'got 2'],
  [altered(cole, '--potential'), '--potential'],
  [altered(cole, '--potential', 'x^^2'), 'expression'],
  [altered(cole, '--potential', 'x^2 +'), 'expression'],
  [altered(cole, '--potential', 'sinn(x)'), 'sinn'],
  [altered(cole, '--potential', 'x^2 + z'), 'z'],
  [altered(cole, '--potential', 'sqrt(x)'), 'NaN'],
  [altered(cole, '--potential', 'duble-well'), "'double-well'"],
  [altered(cole, '--potential', 'mueller-brown'), 'mueller-brown'],
  [altered(cole, '--potential', ''), '--potential'],
  [[...cole, '--parameter', 'a'], '--parameter'],
  [[...cole, '--parameter', 'a=two'], '--parameter'],
  [[...cole, '--parameter', 'a=1', '--parameter', 'a=2'], '--parameter'],
  [[...cole, '--parameter', 'a=1'], 'a'],
  [[...altered(cole, '--potential', 'double-well'), '--parameter', 'a=1'], '--parameter'],
  [altered(cole, '--grid'), '--grid'],
  [altered(cole, '--grid', 'x=-3:3'), '--grid'],
  [altered(cole, '--grid', '-3:3:21'), '--grid'],
  [altered(cole, '--grid', 'x=-3:three:21'), 'three'],
  [altered(cole, '--grid', 'x=3:-3:21'), 'max'],
  [altered(cole, '--grid', 'x=-3:3:1'), 'size'],
  [altered(cole, '--grid', 'x=-3:3:20.5'), 'size'],
  [altered(cole, '--grid', 'x=-3:3:1e12'), '--grid'],
  [altered(cole, '--grid', 'y=-3:3:21'), 'x'],
  [[...cole, '--grid', 'x=-3:3:21'], 'twice'],
  [[...cole, '--boundary', 'periodical'], "'periodic'"],
  [[...cole, '--boundary', 'dirichlet=wall'], '--boundary'],
  [altered(cole, '--gamma', '-0.2'), 'gamma'],
  [altered(cole, '--gamma', '0'), 'gamma'],
  [altered(cole, '--gamma', 'NaN'), '--gamma'],
  [altered(cole, '--gamma', 'Infinity'), '--gamma'],
  [altered(cole, '--gamma', '0x2'), '--gamma'],
  [altered(cole, '--gamma'), 'gamma, scope or time'],
  [[...cole, '--scope', '5'], 'gamma and scope'],
  [altered(cole, '--beta'), 'beta'],
  [altered(cole, '--beta', '-5'), 'beta'],
  [[...cole, '--viscosity', '0.1'], '--viscosity'],
  [[...cole, '--scheme', 'godunov'], '--scheme'],
  [[...cole, '--betta', '5'], '--beta'],
  [[...envelope, '--beta', '5'], '--beta'],
  [[...envelope, '--save-at', '0.1'], '--save-at'],
  [altered(march, '--time', '-1'), 'time'],
  [altered(march, '--time'), 'time'],
  [[...march, '--beta', '5', '--viscosity', '0.1'], 'beta or viscosity'],
  [[...march, '--viscosity', '-0.1'], 'viscosity'],
  [[...march, '--scheme', 'wenoo5'], "'weno5'"],
  [[...march, '--dt', '0'], 'dt'],
  [[...march, '--dt', '0.001', '--cfl', '0.5'], 'dt or cfl'],
  [[...march, '--cfl', '1000'], 'cfl'],
  [[...march, '--save-at', '0.1,0.3'], 'saveAt'],
  [[...march, '--save-at', '0.2,0.1'], 'increasing'],
  [[...march, '--save-at', '0.1,,0.2'], '--save-at'],
  [[...cole, '--out', 'u.csv'], '.npz'],
  [[...cole, '--out', 'missing/u.npz'], '--out'],
  [[...cole, '--out', 'a-file/u.npz'], '--out'],
  [[...cole, '--out', 'a-folder.npz'], '--out'],
  [[...cole, '--out', '/proc/u.npz'], '--out'],
  [[...cole, '--plot', 'u.pdf'], '.svg'],
  [[...cole, '--plot', 'missing/u.png', '--out', 'u.npz'], '--plot'],
  [['solve', 'cole-hopf', '--potential', 'u^2', '--grid', 'u=-3:3:21', '--gamma', '1', '--beta', '1', '--out', 'u.npz'], '--grid'],
]

it.each(commandLines)('relax %j: exit code 2, one line, nothing written', async (argv, named) => {
  await inEmptyFolder(async (folder) => {
    writeFileSync('a-file', '')
    mkdirSync('a-folder.npz')
    const { code, stdout, stderr } = await relax(...argv)
    expect(stderr).toMatch(/^[^:\n]+: .* must .*, got .*\n$/)
    expect(stderr).toContain(named)
    expect({ code, stdout, files: filesIn(folder) }).toEqual({ code: 2, stdout: '', files: ['a-file', 'a-folder.npz'] })
  })
})
