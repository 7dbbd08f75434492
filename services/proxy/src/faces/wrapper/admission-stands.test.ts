import { expect, test } from 'vitest'
import { FixedControl } from '../../testing/fixed-control.ts'
import { admissionStands } from './admission-stands.ts'

const ISSUER = 'https://login.example'

function admitted(namedBy?: string) {
  const control = new FixedControl()
  control.addGateway('desk', 'sp_gw_desk')
  control.bindIssuers('desk', [ISSUER])
  control.addUpstream('files', { kind: 'attached', command: ['serve'] })
  const gateway = control.state().gateways.get('desk')
  const upstream = control.state().upstreams.get('files')
  if (gateway === undefined || upstream === undefined) throw new Error('nothing to be admitted to')
  const admission = { gateway: namedBy === undefined ? gateway : { ...gateway, namedBy }, upstream }
  return { control, stands: () => admissionStands(control, admission) }
}

test.each([
  ['its token is rotated', (control: FixedControl) => control.rotateToken('desk', 'sp_gw_next'), false, true],
  ['its issuer is bound no more', (control: FixedControl) => control.bindIssuers('desk', []), true, false],
  ['it is revoked', (control: FixedControl) => control.revokeGateway('desk'), false, false],
  [
    'another issuer is bound too',
    (control: FixedControl) => control.bindIssuers('desk', ['x', ISSUER]),
    true,
    true,
  ],
])(
  'when %s, whoever came with the token or with the name of an issuer may stay',
  (_, change, byToken, byIssuer) => {
    for (const [namedBy, stays] of [
      [undefined, byToken],
      [ISSUER, byIssuer],
    ] as const) {
      const { control, stands } = admitted(namedBy)
      expect(stands()).toBe(true)
      change(control)
      expect(stands()).toBe(stays)
    }
  },
)
