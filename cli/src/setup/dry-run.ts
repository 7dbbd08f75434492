import { PRESET_MEANING } from '@sallyport/policy/presets'
import { printable } from '../output.ts'
import type { PlannedGateway } from './gateway.ts'
import type { FileReport } from './set-up.ts'

/** Shown in the place of a token that the run would make; the difference hides it as it hides a real one. */
export const TOKEN_TO_BE_MADE = 'sp_gw_to-be-made'

export interface DryRun {
  readonly files: readonly FileReport[]
  /** Null where the Sallyport that was named does not answer, so that nothing is known of it. */
  readonly gateway: PlannedGateway | null
  /** The data folder of the Sallyport that would be run for the moment; null where one runs already. */
  readonly begins: string | null
  /** The data folder that would keep the token; null where it is another machine's. */
  readonly folder: string | null
}

/** Everything that the run would do beside writing the configurations, whose differences are shown by themselves. */
export function dryRunText({ files, gateway, begins, folder }: DryRun): string {
  const upstreams = files.flatMap(({ changes }) => changes.flatMap(({ upstream }) => upstream ?? []))
  const changed = files.filter(({ difference }) => difference !== '').length
  const acts = [
    ...(changed > 0 ? ['leave a backup and a record for --undo beside each file that is written'] : []),
    ...(begins === null ? [] : [`run a Sallyport on ${begins} for the moment, as none runs there`]),
    ...(gateway === null
      ? ['make the gateway and give it its preset, where it has none: no Sallyport answered that could tell']
      : gatewayActs(gateway, folder)),
    ...upstreams.map(({ name, url }) => `register the upstream ${name} at ${url}, where it is not yet`),
  ]
  return ['nothing was written; the run would also', ...acts.map((act) => `  ${printable(act)}`)].join('\n')
}

function gatewayActs({ name, made, preset, acts }: PlannedGateway, folder: string | null): string[] {
  const kept = folder === null ? '' : `, and keep its token in ${folder}/gateway-tokens`
  return [
    ...(made ? [`make the gateway ${name}${kept}`] : []),
    preset === null
      ? `leave the permissions of the gateway ${name} as they are`
      : `give the gateway ${name} the preset ${preset}: ${PRESET_MEANING[preset]}${acts === null ? '' : ` (${counted(acts)})`}`,
  ]
}

function counted({ set, removed }: { readonly set: number; readonly removed: number }): string {
  return `${set} permissions set, ${removed} removed`
}
