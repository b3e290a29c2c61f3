import ndarray from 'ndarray'
import { describe, expect, it } from 'vitest'
import { field, nodeAt } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import type { Axis, Boundary } from '../../lib/grid/grid.ts'
import { gradient, integrate, laplacian, norm } from '../../lib/grid/operators.ts'

const order = (errors: number[]): number => Math.log2(errors[errors.length - 2] / errors[errors.length - 1])

describe('grid', () => {
  it('places nodes and weights by kind of axis', () => {
    const vertices = grid({ min: -1, max: 1, size: 5 })
    expect(Array.from(vertices.coordinates(0))).toEqual([-1, -0.5, 0, 0.5, 1])
    expect(Array.from(vertices.weights().data)).toEqual([0.25, 0.5, 0.5, 0.5, 0.25])
    expect(vertices.axes[0].boundary).toBe('extrapolate')
    const periodic = grid({ min: 0, max: 1, size: 4, boundary: 'periodic' })
    expect(Array.from(periodic.coordinates(0))).toEqual([0, 0.25, 0.5, 0.75])
    const centers = grid([{ min: 0, max: 1, size: 2, nodes: 'centers' }, { min: 0, max: 3, size: 3, nodes: 'centers', boundary: 'neumann' }])
    expect(Array.from(centers.coordinates(0))).toEqual([0.25, 0.75])
    expect(centers.spacing).toEqual([0.5, 1])
    expect(centers.shape).toEqual([2, 3])
    expect(Array.from(centers.weights().data)).toEqual(new Array(6).fill(0.5))
  })

  it('is closed to changes from outside', () => {
    const g = grid({ min: 0, max: 1, size: 3 })
    g.coordinates(0)[0] = 7
    g.weights().set(0, 7)
    expect(g.coordinates(0)[0]).toBe(0)
    expect(g.weights().get(0)).toBe(0.25)
  })

  it('refuses bad axes with one clear error', () => {
    const cases: [unknown, string][] = [
      [{ min: 0, max: 1, size: 1 }, 'grid: axis.size must be an integer of at least 2, got 1'],
      [{ min: 0, max: 1, size: 1, nodes: 'centers' }, 'grid: axes must be axes with at least two nodes in all, got [1]'],
      [{ min: 0, max: 1, size: 2.5 }, 'grid: axis.size must be an integer of at least 2, got 2.5'],
      [{ min: 1, max: 1, size: 3 }, 'grid: axis.max must be greater than axis.min = 1, got 1'],
      [{ min: NaN, max: 1, size: 3 }, 'grid: axis.min must be a finite number, got NaN'],
      [{ min: 0, max: Infinity, size: 3 }, 'grid: axis.max must be a finite number, got Infinity'],
      [{ min: 0, max: 1, size: 3, boundary: 'peridic' }, "grid: axis.boundary must be one of 'periodic', 'neumann', 'extrapolate' (did you mean 'periodic'?), got \"peridic\""],
      [{ min: 0, max: 1, size: 3, boundary: { dirichlet: NaN } }, 'grid: axis.boundary.dirichlet must be a finite number, got NaN'],
      [{ min: 0, max: 1, size: 3, nodes: 'middle' }, "grid: axis.nodes must be one of 'vertices', 'centers', got \"middle\""],
      [{ min: 0, max: 1, sise: 3 }, 'grid: axis must be one of min, max, size, boundary, nodes (did you mean size?), got sise'],
      [[{ min: 0, max: 1, size: 3 }, { min: 0, max: 'one', size: 3 }], 'grid: axes[1].max must be a finite number, got "one"'],
      [[], 'grid: axes must be an axis or a list of axes, got []'],
      [null, 'grid: axis must be an object with min, max, size, boundary, nodes, got null'],
    ]
    for (const [axes, message] of cases) expect(() => grid(axes as Axis)).toThrow(message)
  })
})

describe('field', () => {
  const g = grid([{ min: 0, max: 1, size: 3 }, { min: 0, max: 2, size: 2, nodes: 'centers' }])

  it('samples functions with spread coordinates and copies arrays in any memory order', () => {
    expect(Array.from(field(g, (x, y) => 10 * x + y).values.data)).toEqual([0.5, 1.5, 5.5, 6.5, 10.5, 11.5])
    const column = ndarray(Float64Array.of(1, 2, 3, 4, 5, 6), [2, 3]).transpose(1, 0)
    const copied = field(g, column)
    column.set(0, 0, 99)
    expect(Array.from(copied.values.data)).toEqual([1, 4, 2, 5, 3, 6])
    expect(nodeAt(g, 3)).toEqual([0.5, 1.5])
  })

  it('interpolates between nodes and continues outside as the boundary says', () => {
    const at = (boundary: Boundary, x: number, nodes: 'vertices' | 'centers' = 'vertices'): number =>
      field(grid({ min: 0, max: 4, size: boundary === 'periodic' || nodes === 'centers' ? 4 : 5, boundary, nodes }), (y) => y).at(x)
    expect(at('extrapolate', 1.25)).toBe(1.25)
    expect(at('extrapolate', -1)).toBe(-1)
    expect(at('extrapolate', 6)).toBe(6)
    expect(at('periodic', 3.5)).toBe(1.5)
    expect(at('periodic', 5)).toBe(1)
    expect(at('periodic', -3.75)).toBe(0.25)
    expect(at('neumann', -1.5)).toBe(1.5)
    expect(at('neumann', 5)).toBe(3)
    expect(at('neumann', 9.25)).toBe(1.25)
    expect(at('neumann', -1.5, 'centers')).toBe(1.5)
    expect(at({ dirichlet: 7 }, 4.5)).toBe(7)
    expect(at({ dirichlet: 7 }, 2.5)).toBe(2.5)
    expect(field(g, (x, y) => 3 * x - y).at(0.3, 1)).toBeCloseTo(-0.1, 15)
    expect(field(grid({ min: 0, max: 2, size: 3 }), (x) => (x === 2 ? Infinity : x)).at(1)).toBe(1)
  })

  it('refuses wrong shapes, dimensions and values', () => {
    const cases: [() => unknown, string][] = [
      [() => field(g, ndarray(new Float64Array(6), [2, 3])), 'field: source must be an ndarray of shape 3 × 2, got shape 2 × 3'],
      [() => field(g, () => NaN), 'field: the value at (0, 0.5) must be a number above −Infinity, got NaN'],
      [() => field(g, () => -Infinity), 'field: the value at (0, 0.5) must be a number above −Infinity, got -Infinity'],
      [() => field(g, () => 'one' as never), 'field: source(0, 0.5) must be a number, got "one"'],
      [() => field({} as never, () => 0), 'field: grid must be a grid made by grid(), got an empty object'],
      [() => field(g, 3 as never), 'field: source must be a potential, a function or an ndarray, got 3'],
      [() => field(g, () => 0).at(1), 'at: x must be 2 coordinates, got [1]'],
      [() => field(g, () => 0).at(1, NaN), 'at: x[1] must be a finite number, got NaN'],
    ]
    for (const [call, message] of cases) expect(call).toThrow(message)
  })
})

describe('operators', () => {
  it('integrate at second order, exactly on linear functions and spectrally on periodic ones', () => {
    expect(integrate(field(grid([{ min: 0, max: 1, size: 5 }, { min: 0, max: 2, size: 4, nodes: 'centers' }]), (x, y) => x + y))).toBeCloseTo(3, 14)
    const circle = grid({ min: 0, max: 2 * Math.PI, size: 20, boundary: 'periodic' })
    // ∫ e^{cos x} = 2π I₀(1)
    expect(integrate(field(circle, (x) => Math.exp(Math.cos(x))))).toBeCloseTo(2 * Math.PI * 1.2660658777520084, 12)
  })

  it('differentiate at second order for every boundary', () => {
    const waves: [Boundary, (x: number) => number, (x: number) => number][] = [
      ['periodic', Math.sin, Math.cos],
      ['neumann', Math.cos, (x) => -Math.sin(x)],
      [{ dirichlet: 2 }, (x) => 2 + Math.sin(x), Math.cos],
      ['extrapolate', (x) => Math.exp(-x), (x) => -Math.exp(-x)],
    ]
    for (const nodes of ['vertices', 'centers'] as const) {
      for (const [boundary, f, slope] of waves) {
        const errors = [20, 40, 80].map((size) => {
          const g = grid({ min: 0, max: 2 * Math.PI, size, boundary, nodes })
          const [derivative] = gradient(field(g, f))
          return norm(field(g, (x) => derivative.at(x) - slope(x)), 'max')
        })
        expect(order(errors), `${JSON.stringify(boundary)} ${nodes}`).toBeGreaterThanOrEqual(1.5)
      }
    }
    const errors = [20, 40, 80].map((size) => {
      const g = grid([{ min: 0, max: 2 * Math.PI, size, boundary: 'periodic' }, { min: 0, max: Math.PI, size, boundary: 'neumann' }])
      const curvature = laplacian(field(g, (x, y) => Math.sin(x) * Math.cos(y)))
      return norm(field(g, (x, y) => curvature.at(x, y) + 2 * Math.sin(x) * Math.cos(y)), 'l2')
    })
    expect(order(errors)).toBeGreaterThanOrEqual(1.5)
  })

  it('norms follow the weights', () => {
    const f = field(grid({ min: -1, max: 1, size: 3 }), (x) => 2 * x)
    expect(norm(f, 'l1')).toBe(2)
    expect(norm(f, 'l2')).toBe(2)
    expect(norm(f, 'max')).toBe(2)
    expect(() => norm(f, 'l3' as never)).toThrow("norm: kind must be one of 'l1', 'l2', 'max' (did you mean 'l1'?), got \"l3\"")
    f.values.set(0, NaN)
    expect(() => integrate(f)).toThrow('integrate: field must be finite everywhere, got NaN at (-1)')
  })
})
