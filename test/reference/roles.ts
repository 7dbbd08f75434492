import { ROUTE_ROLES } from '@sallyport/http-api'

const COLUMNS = ['owner', 'admin', 'approver', 'analyst', 'viewer', 'bot'] as const

/** What each role may do, as a page. The document of the API says what each of the routes is for. */
export function rolesPage(): string {
  const rows = Object.entries(ROUTE_ROLES).map(([route, roles]) => {
    const cells = COLUMNS.map((column) => (roles.includes(column) ? 'yes' : ''))
    return `| \`${route}\` | ${cells.join(' | ')} |`
  })
  return `${HEAD}
| route | ${COLUMNS.join(' | ')} |
|${'---|'.repeat(COLUMNS.length + 1)}
${rows.join('\n')}
`
}

const HEAD = `<!-- Written by \`npm run docs\`. -->
# Roles

A person has any of five roles, and reaches what one of them reaches. A bot has no role: it reaches what the column
\`bot\` says, within its limits. [People and bots](../people.md) says how they are added.

| role | for |
|---|---|
| owner | whoever says which people, bots and tokens there are, and does everything else too |
| admin | whoever sets rules: agents, upstreams, permissions, the kill switch |
| approver | whoever answers held calls, and sees the whole arguments of them |
| analyst | whoever reads the record and the rules |
| viewer | whoever sees what waits for an answer, and whether all is well |

A token of its own (\`sallyport token add\`) has the role of its scope. The scope \`admin\` is both owner and admin, as the
first token of an installation has it. Whoever can make a voter can make a vote, so only an owner adds people, bots and
tokens.

Routes that ask for no token are not in the table: \`/healthz\`, \`/readyz\`, \`/metrics\`, \`/openapi.json\`, \`/docs\` and
the page \`/approve/…\`, which shows nothing without a token.
`
