import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { baseline } from './baseline.ts'
import { GENERATED, generateTypes } from './generate-types.ts'
import { PROTO_FOLDER } from './proto-files.ts'
import { breaksOf, protoShape } from './proto-shape.ts'

const DECISION = 'sallyport/decision/v1/decision.proto'
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'protos-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('the types of messages are those of the protos: `npm run protos` writes them', () => {
  generateTypes(folder)
  const filesIn = (where: string) =>
    Object.fromEntries(
      globSync('**/*.ts', { cwd: where })
        .sort()
        .map((file) => [file, readFileSync(join(where, file), 'utf8')]),
    )
  expect(filesIn(GENERATED)).toEqual(filesIn(folder))
})

test('no proto breaks what is deployed, and what was added is in the baseline: `npm run protos` takes it in', () => {
  expect(breaksOf(baseline(), protoShape())).toEqual([])
  expect(protoShape()).toEqual(baseline())
})

describe('a change of a proto', () => {
  function changed(from: string, to: string): string[] {
    cpSync(PROTO_FOLDER, folder, { recursive: true })
    const file = join(folder, DECISION)
    const text = readFileSync(file, 'utf8')
    expect(text).toContain(from)
    writeFileSync(file, text.replace(from, to))
    return breaksOf(baseline(), protoShape(folder))
  }

  test.each([
    ['takes a field away', '  string policy_version = 5;\n', ''],
    ['gives a field another number', 'string policy_version = 5;', 'string policy_version = 55;'],
    ['gives a field another type', 'string policy_version = 5;', 'uint64 policy_version = 5;'],
    ['makes a field a list', 'string policy_version = 5;', 'repeated string policy_version = 5;'],
    ['gives a number another name', 'string policy_version = 5;', 'string rules_version = 5;'],
    ['takes a value of an enum away', '  OUTCOME_HOLD = 3;\n', ''],
    ['gives a value another number', 'OUTCOME_HOLD = 3;', 'OUTCOME_HOLD = 5;'],
    ['takes a method away', '  rpc Decide(DecideRequest) returns (DecideResponse);\n', ''],
    [
      'makes a method answer with a stream',
      'rpc Decide(DecideRequest) returns (DecideResponse)',
      'rpc Decide(DecideRequest) returns (stream DecideResponse)',
    ],
    ['has a method take another message', 'rpc Decide(DecideRequest)', 'rpc Decide(DecideResponse)'],
    ['moves to another package', 'package sallyport.decision.v1;', 'package sallyport.decision.v2;'],
  ])('that %s is told as a break', (_what, from, to) => {
    expect(changed(from, to)).not.toEqual([])
  })

  test.each([
    ['adds a field', 'string by = 11;', 'string by = 11;\n  string more = 100;'],
    ['adds a value to an enum', 'OUTCOME_HOLD = 3;', 'OUTCOME_HOLD = 3;\n  OUTCOME_LATER = 5;'],
    ['adds a message', 'message Client {', 'message Added { string what = 1; }\nmessage Client {'],
  ])('that %s breaks nothing', (_what, from, to) => {
    expect(changed(from, to)).toEqual([])
  })
})
