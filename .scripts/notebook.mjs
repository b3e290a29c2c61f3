// What a stored notebook must hold, with neither Deno nor Jupyter: outputs, figures, and cells whose types are right.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** What Deno's kernel gives to a cell besides the language. */
const kernel = `
declare namespace Deno {
  namespace jupyter {
    function image(png: Uint8Array): unknown
  }
}
declare const console: { log(...values: unknown[]): void }
`

/** The code cells of a notebook, numbered as a reader counts its cells. */
function codeCells(notebook) {
  return notebook.cells.flatMap((cell, k) => (cell.cell_type === 'code' ? [{ name: 'cell ' + (k + 1) + ' (' + cell.id + ')', ...cell }] : []))
}

const textOf = (lines) => (Array.isArray(lines) ? lines.join('') : lines)

/** Complaints about the outputs: a cell that threw, wrote to standard error or showed nothing, or that is tagged 'figure' and has none. */
export function outputProblems(notebook) {
  return codeCells(notebook).flatMap(({ name, outputs, metadata }) => {
    const failure = outputs.find(({ output_type }) => output_type === 'error')
    if (failure !== undefined) return [name + ' threw ' + failure.ename + ': ' + failure.evalue]
    const stderr = outputs.find(({ output_type, name: stream }) => output_type === 'stream' && stream === 'stderr')
    if (stderr !== undefined) return [name + ' wrote to standard error: ' + textOf(stderr.text).trim()]
    const data = outputs.flatMap((output) => (output.output_type === 'stream' ? [{ 'text/plain': output.text }] : [output.data ?? {}]))
    if (metadata.tags?.includes('figure')) return data.some((bundle) => isPicture(bundle['image/png'])) ? [] : [name + ' has no figure']
    return data.some((bundle) => /\S/.test(textOf(bundle['text/plain'] ?? '').replace('undefined', ''))) ? [] : [name + ' shows nothing']
  })
}

/** Whether it is a PNG of at least 300 × 200 pixels. */
function isPicture(base64) {
  if (base64 === undefined) return false
  const bytes = Buffer.from(textOf(base64), 'base64')
  return bytes.subarray(1, 4).toString() === 'PNG' && bytes.readUInt32BE(16) >= 300 && bytes.readUInt32BE(20) >= 200
}

/** Complaints of the type checker about the cells, one after the other in one module, against the built package. */
export function typeProblems(notebook) {
  const cells = codeCells(notebook)
  const file = join(root, 'notebooks', 'cells.ts')
  const starts = []
  let source = ''
  for (const cell of cells) {
    starts.push(source.length)
    source += textOf(cell.source) + '\n;\n'
  }
  const virtual = new Map([[file, source + 'export {}\n'], [join(root, 'notebooks', 'kernel.d.ts'), kernel]])
  const options = {
    strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2023, lib: ['lib.es2023.d.ts'], types: ['node'], typeRoots: [join(root, 'node_modules', '@types')],
    module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, moduleDetection: ts.ModuleDetectionKind.Force,
    paths: { 'deep-relaxation': [join(root, 'dist', 'index.d.ts')] },
  }
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists, readFile } = host
  host.fileExists = (path) => virtual.has(path) || fileExists(path)
  host.readFile = (path) => virtual.get(path) ?? readFile(path)
  host.getSourceFile = (path, ...rest) => (virtual.has(path) ? ts.createSourceFile(path, virtual.get(path), options.target) : getSourceFile(path, ...rest))
  const program = ts.createProgram([...virtual.keys()], options, host)
  return ts.getPreEmitDiagnostics(program).map(({ start = 0, messageText, file: where }) => {
    const cell = where?.fileName === file ? cells[starts.findLastIndex((from) => from <= start)].name : (where?.fileName ?? 'the type checker')
    return cell + ': ' + ts.flattenDiagnosticMessageText(messageText, ' ')
  })
}

export function readNotebook(path) {
  return JSON.parse(readFileSync(path, 'utf8'))
}
