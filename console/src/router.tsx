import { createRootRoute, createRoute, createRouter, Outlet, redirect } from '@tanstack/react-router'
import { AgentPage } from './agents/agent-page.tsx'
import { AgentsPage } from './agents/agents-page.tsx'
import { ServerPage } from './agents/server-page.tsx'
import { questions } from './api/questions.ts'
import { ApprovalPage } from './approvals/approval-page.tsx'
import { ApprovalsPage } from './approvals/approvals-page.tsx'
import { filterOf } from './approvals/filter.ts'
import { Frame } from './frame.tsx'
import { HealthPage } from './health/health-page.tsx'
import { sessionQuestion } from './session/session.ts'
import { SignInPage } from './session/sign-in-page.tsx'

const root = createRootRoute({ component: Outlet, notFoundComponent: Nowhere })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: SignInPage,
  // Only a page of the console: an address may come from anybody.
  validateSearch: ({ back }: Record<string, unknown>): { back?: string } =>
    typeof back === 'string' && /^\/[a-z]/.test(back) ? { back } : {},
})

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Frame,
  beforeLoad: async ({ location }) => {
    const session = await questions.ensureQueryData(sessionQuestion)
    if (session === null) throw redirect({ to: '/sign-in', search: { back: location.pathname } })
  },
})

const first = createRoute({
  getParentRoute: () => inside,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/approvals' })
  },
})

const approvals = createRoute({
  getParentRoute: () => inside,
  path: '/approvals',
  component: ApprovalsPage,
  validateSearch: filterOf,
})

const approval = createRoute({
  getParentRoute: () => approvals,
  path: '$id',
  component: ApprovalPage,
})

const agents = createRoute({ getParentRoute: () => inside, path: '/agents', component: AgentsPage })
const agent = createRoute({ getParentRoute: () => inside, path: '/agents/$name', component: AgentPage })
const server = createRoute({
  getParentRoute: () => inside,
  path: '/agents/servers/$name',
  component: ServerPage,
})

const health = createRoute({ getParentRoute: () => inside, path: '/health', component: HealthPage })

const routes = root.addChildren([
  signIn,
  inside.addChildren([first, approvals.addChildren([approval]), agents, agent, server, health]),
])

export const router = createRouter({ routeTree: routes, basepath: '/console', defaultPreload: false })

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

function Nowhere() {
  return (
    <main className="card">
      <h1>There is nothing at this address</h1>
      <p>
        <a href="/console/">To the approvals</a>
      </p>
    </main>
  )
}
