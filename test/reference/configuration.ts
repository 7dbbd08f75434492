import { approvalsSpec, approvalTermsSpec } from '@sallyport/approvals'
import { auditConfigSpec, auditProcessSpec } from '@sallyport/audit'
import { decisionSpec } from '@sallyport/decision'
import { proxyProcessSpec, proxySpec } from '@sallyport/proxy'
import type { ConfigSpec, Variable } from '@sallyport/runtime'
import { standaloneSpec } from '@sallyport/standalone'

/** The laptop composition reads its own variables and those of the services in it that have nothing to do with engines. */
const laptopSpec: ConfigSpec = {
  ...standaloneSpec,
  ...withoutListen(proxySpec),
  ...approvalTermsSpec,
  ...auditConfigSpec,
}

const PROCESSES: readonly (readonly [title: string, about: string, spec: ConfigSpec])[] = [
  [
    'Standalone (`npm start`)',
    'Everything else is built in: the log, the secrets and ClickHouse live in the data folder.',
    laptopSpec,
  ],
  ['services/proxy', 'The data plane of a fleet.', proxyProcessSpec],
  [
    'services/decision',
    'The policy decision point of a fleet and the API of its control state.',
    decisionSpec,
  ],
  ['services/approvals', 'Holds, votes and claims of a fleet.', approvalsSpec],
  ['services/audit', 'The record of a fleet.', auditProcessSpec],
]

export function configurationPage(): string {
  const sections = PROCESSES.map(([title, about, spec]) => {
    const rows = Object.values(spec).flatMap((group) => Object.values(group).map(row))
    return `## ${title}\n\n${about}\n\n| variable | default | what |\n|---|---|---|\n${rows.join('\n')}`
  })
  return `# Configuration

Every process reads its environment once, at the start, and names every variable that is wrong at once, never its
value. A secret \`NAME\` may also come from the file that \`NAME_FILE\` names.

Generated from each \`config.ts\` by \`npm run docs\`; a test compares.

${sections.join('\n\n')}
`
}

function row(variable: Variable<unknown>): string {
  const fallback =
    variable.fallback === undefined
      ? 'required'
      : variable.fallback === ''
        ? 'none'
        : `\`${variable.fallback}\``
  return `| \`${variable.name}\`${variable.secret ? ' (secret)' : ''} | ${fallback} | ${variable.describe} |`
}

function withoutListen({ listen, ...rest }: typeof proxySpec): ConfigSpec {
  const { address: _, ...names } = listen
  return { ...rest, names }
}
