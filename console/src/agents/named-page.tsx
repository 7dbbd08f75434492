import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Fault } from '../parts/fault.tsx'
import { visible } from '../parts/visible.ts'

interface NamedPageProps {
  readonly name: string
  readonly error: Error | null
  readonly children: ReactNode
}

/** The page of one agent or server, with the way back to all of them. */
export function NamedPage({ name, error, children }: NamedPageProps) {
  return (
    <main className="card wide">
      <Link to="/agents" className="back">
        All agents and servers
      </Link>
      <h1>
        <bdi>{visible(name)}</bdi>
      </h1>
      <Fault error={error} />
      {children}
    </main>
  )
}
