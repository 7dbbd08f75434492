/** `node packages/policy/src/verdict.bench.ts`: nanoseconds a verdict over 1,000 permissions, one core. */

import type { Permission } from './permission.ts'
import { compilePolicy } from './policy.ts'
import { judgeByPermissions } from './verdict.ts'
import type { Decision } from './words.ts'

const PERMISSIONS = 1_000
const ROUNDS = 200_000
const decisions: readonly Decision[] = ['allow', 'deny', 'require_approval']

const permissions = Array.from({ length: PERMISSIONS }, (_, n): Permission => {
  const name = n % 2 === 0 ? `mcp.tools.team${n}_*` : `mcp.tools.tool_${n}`
  const decision = decisions[n % decisions.length] ?? 'deny'
  return {
    id: `p${n}`,
    ...(n % 4 === 0 ? { gateway: '*', gatewayId: null } : { gateway: 'code-agent', gatewayId: 'g-1' }),
    upstream: null,
    connector: 'mcp',
    action: name,
    decision,
    origin: 'explicit',
  }
})
const policy = compilePolicy(permissions)

function measure(label: string, action: (round: number) => string): void {
  const run = (rounds: number) => {
    let held = 0
    for (let round = 0; round < rounds; round++) {
      const request = {
        gateway: 'code-agent',
        gatewayId: 'g-1',
        connector: 'mcp',
        upstream: 'files',
        upstreamId: 'u-1',
        action: action(round),
      }
      if (judgeByPermissions({ policy, killSwitch: new Set(), request }).outcome === 'hold') held++
    }
    return held
  }
  run(ROUNDS / 10)
  const start = process.hrtime.bigint()
  run(ROUNDS)
  const nanoseconds = Number(process.hrtime.bigint() - start) / ROUNDS
  process.stdout.write(`${label.padEnd(44)} ${nanoseconds.toFixed(0).padStart(7)} ns/verdict\n`)
}

const names = Array.from({ length: 200 }, (_, n) =>
  n % 2 === 0 ? `mcp.tools.team${n}_write` : `mcp.tools.tool_${n}`,
)
measure('200 actions that come again', (round) => names[round % names.length] ?? '')
measure(
  'an action never seen before, one that matches',
  (round) => `mcp.tools.team${(round * 2) % PERMISSIONS}_${round}`,
)
measure('an action never seen before, none matches', (round) => `mcp.tools.never_${round}`)
