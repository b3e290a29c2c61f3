import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

interface Manifest {
  exports: { '.': { types: string; default: string } }
  bin: Record<string, string>
}

it('names files that the build makes', () => {
  const { exports, bin } = JSON.parse(read('package.json')) as Manifest
  const named = [exports['.'].types, exports['.'].default, ...Object.values(bin)]
  expect(named.filter((path) => !existsSync(fileURLToPath(new URL(`../../${path}`, import.meta.url))))).toEqual([])
  expect(read(bin.relax).startsWith('#!/usr/bin/env node\n')).toBe(true)
})

it('locks every package by checksum and names no host', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { integrity?: string; resolved?: string }> }
  const entries = Object.entries(packages).filter(([path]) => path !== '')
  expect(entries.filter(([, { integrity, resolved }]) => integrity === undefined || resolved !== undefined)).toEqual([])
  expect(read('.npmrc')).not.toMatch(/\/\/|registry\s*=/)
})

it('locks the packages of every platform, so that npm ci works on each', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { optionalDependencies?: Record<string, string> }> }
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) => Object.keys(optionalDependencies)
    .filter((name) => ![`${path}/node_modules/${name}`, `node_modules/${name}`].some((place) => place in packages)))
  expect(missing).toEqual([])
})
