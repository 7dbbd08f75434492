import { approvalsSpec } from '@sallyport/approvals'
import { auditSpec } from '@sallyport/audit'
import { decisionSpec } from '@sallyport/decision'
import { proxySpec } from '@sallyport/proxy'
import type { ConfigSpec, Variable } from '@sallyport/runtime'
import { standaloneSpec } from '@sallyport/standalone'

const PROCESSES: readonly (readonly [title: string, about: string, spec: ConfigSpec])[] = [
  [
    'Standalone (`npm start`)',
    'Everything else is built in: the log, the secrets and ClickHouse live in the data folder.',
    standaloneSpec,
  ],
  ['services/proxy', 'The data plane of a fleet.', proxySpec],
  [
    'services/decision',
    'The policy decision point of a fleet and the API of its control state.',
    decisionSpec,
  ],
  ['services/approvals', 'Holds, votes and claims of a fleet.', approvalsSpec],
  ['services/audit', 'The record of a fleet.', auditSpec],
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
