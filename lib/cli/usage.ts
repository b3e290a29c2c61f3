import type { Command, CommanderError } from 'commander'
import { oneOf, options, refuse, text } from '../core/arguments.ts'
import { ArgumentError } from '../core/errors.ts'
import type { Reader } from './readers.ts'

/** Declares an option that may be given once. */
export function declareOption(command: Command, flags: string, description: string, read: Reader<unknown> = text): void {
  const argument = flags.split(' ')[0]
  const where = `relax ${command.name()}`
  command.option(flags, description, (given: string, before: unknown) => {
    if (before !== undefined) throw new ArgumentError(`${where}: ${argument} must be given at most once, got it again with ${given}`)
    return read(where, argument, given)
  })
}

/** Declares an option that may be given again and again; its value is the list of what was read. */
export function declareRepeated(command: Command, flags: string, description: string, read: Reader<unknown>): void {
  const argument = flags.split(' ')[0]
  command.option(flags, description, (given: string, before?: unknown[]) => [...(before ?? []), read(`relax ${command.name()}`, argument, given)])
}

/** What commander found wrong, in the one grammar; help and version pass through. */
export function usageError(program: Command, command: Command, error: CommanderError): Error {
  if (error.exitCode === 0) return error
  const where = command === program ? 'relax' : `relax ${command.name()}`
  const named = /'([^']*)'/.exec(error.message)?.[1] ?? ''
  try {
    if (error.code === 'commander.unknownOption') {
      options(where, { [named]: true }, ['--help', ...command.options.map((option) => option.long!)])
    }
    if (error.code === 'commander.unknownCommand') oneOf(where, 'command', named, program.commands.map((each) => each.name()))
    if (error.code === 'commander.optionMissingArgument') refuse(where, named.split(' ')[0], 'followed by a value', undefined)
    if (error.code === 'commander.excessArguments') {
      const [expected, got] = error.message.match(/\d+/g)!
      throw new ArgumentError(`${where}: arguments must be at most ${expected}, got ${got}`)
    }
  } catch (refusal) {
    return refusal as Error
  }
  return new ArgumentError(`${where}: ${error.message.replace(/^error: /, '')}`)
}
