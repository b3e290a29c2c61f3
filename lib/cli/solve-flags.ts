import type { Command } from 'commander'
import type { Smoothing } from '../core/conventions.ts'
import type { Boundary } from '../grid/grid.ts'
import type { SolveOptions } from '../pde/march.ts'
import { readAxis, readBoundary, readExpressions, readMatrix, readNumber, readNumbers, readParameter } from './readers.ts'
import type { NamedAxis } from './readers.ts'
import { declareOption, declareRepeated } from './usage.ts'

/** The numbers and names that an equation may take from the command line. */
export interface EquationFlags extends Smoothing, Pick<SolveOptions, 'scheme' | 'dt' | 'cfl' | 'tolerance' | 'viscous' | 'integrator'> {
  beta?: number
  viscosity?: number
  /** Expressions, one an axis. */
  drift?: string[]
  metric?: number[] | number[][]
  diffusion?: number[] | number[][]
  /** A density, as an expression. */
  initial?: string
  /** The cost at the end, as an expression or the name of a landscape. */
  terminal?: string
  saveAt?: number[]
  gap?: true
}

export interface SolveFlags extends EquationFlags {
  potential?: string
  grid?: NamedAxis[]
  boundary?: Boundary
  parameter?: [string, number][]
  plan?: true
  out?: string
  plot?: string
  json?: true
}

/** What every equation takes. */
export const commonFlags = ['potential', 'grid', 'boundary', 'parameter', 'out', 'plot', 'json'] as const

export function declareFlags(command: Command): void {
  declareOption(command, '--potential <expression>', "f as an expression such as 'x^4/4 - a x^2', or a landscape such as double-well")
  declareRepeated(command, '--grid <name=min:max:nodes>', 'an axis, such as x=-3:3:2001; once for each variable, in their order', readAxis)
  declareOption(command, '--boundary <kind>', 'periodic, neumann, extrapolate (default) or dirichlet=VALUE; for a density no flux is the default', readBoundary)
  declareRepeated(command, '--parameter <name=value>', 'value of a symbol of the expressions', readParameter)
  declareOption(command, '--time <t>', 'time of the equation, the smoothing time', readNumber)
  declareOption(command, '--gamma <t>', 'the same', readNumber)
  declareOption(command, '--scope <s>', 'its inverse', readNumber)
  declareOption(command, '--beta <b>', 'inverse temperature; the viscosity is 1/(2 beta), the diffusion of a density D/beta', readNumber)
  declareOption(command, '--viscosity <v>', 'coefficient of the Laplacian, in place of beta (hamilton-jacobi, heat)', readNumber)
  declareOption(command, '--drift <expression,...>', 'b, one expression an axis (hamilton-jacobi; fokker-planck in place of the potential)', readExpressions)
  declareOption(command, '--metric <numbers>', "A: its diagonal '1,4', or rows '2,1;1,2' (hamilton-jacobi)", readMatrix)
  declareOption(command, '--diffusion <numbers>', "D: a number, its diagonal '1,4', or rows '2,1;1,2' (fokker-planck)", readMatrix)
  declareOption(command, '--initial <expression>', 'the density at time 0, not normalised; uniform of mass 1 without it (fokker-planck)')
  declareOption(command, '--terminal <expression>', 'the cost at the end; the potential without it (control)')
  declareStepping(command)
  command.option('--gap', 'print the spectral gap too: the slowest rate of approach to the stationary density (fokker-planck)')
  command.option('--plan', 'print steps, stability, memory and time of the march; nothing is run or written')
  declareOption(command, '--out <file>', 'u as .npy, or u with coordinates and more as .npz')
  declareOption(command, '--plot <file>', 'a figure as .svg or .png')
  command.option('--json', 'print the summary as one JSON document')
}

function declareStepping(command: Command): void {
  declareOption(command, '--scheme <name>', 'such as godunov or weno5 (hamilton-jacobi, heat, fokker-planck, control)')
  declareOption(command, '--integrator <name>', "ssp-rk1, ssp-rk2, ssp-rk3 or lawson4, in place of the scheme's own (hamilton-jacobi)")
  declareOption(command, '--viscous <name>', 'exact (default), rkl2 or implicit: the flow of the viscous term (hamilton-jacobi)')
  declareOption(command, '--dt <step>', 'fixed time step (hamilton-jacobi, heat, fokker-planck)', readNumber)
  declareOption(command, '--cfl <number>', 'Courant number, in place of dt (hamilton-jacobi)', readNumber)
  declareOption(command, '--tolerance <bound>', 'of the time error, relative to the range of u, in place of dt (hamilton-jacobi, heat, fokker-planck)', readNumber)
  declareOption(command, '--save-at <t,...>', 'times at which the field is kept (hamilton-jacobi, heat, fokker-planck, control)', readNumbers)
}
