import { usePages } from '../api/pages.ts'
import type { Permission } from '../api/types.ts'
import { Fault } from '../parts/fault.tsx'
import { More } from '../parts/more.tsx'
import { visible } from '../parts/visible.ts'

const WORDS = { allow: 'may', deny: 'may not', require_approval: 'asks before' } as const
const BADGES = { allow: 'ok', deny: 'denied', require_approval: 'pending' } as const

/** What an agent may do, in short: its own permissions and those of every agent. */
export function Permissions({ gateway }: { readonly gateway: string }) {
  const own = usePages<Permission>(
    ['permissions', gateway],
    `permissions?origin=explicit&limit=100&gateway=${encodeURIComponent(gateway)}`,
  )
  const shared = usePages<Permission>(
    ['permissions', '*'],
    `permissions?origin=explicit&limit=100&gateway=${encodeURIComponent('*')}`,
  )
  const items = [...(own.items ?? []), ...(shared.items ?? [])]
  const isKnown = own.items !== undefined && shared.items !== undefined
  return (
    <section aria-labelledby="permissions-title">
      <h2 id="permissions-title">What it may do</h2>
      <p className="hint">The narrowest permission wins. What none of them names, it may not.</p>
      <Fault error={own.error} />
      {isKnown && items.length === 0 && (
        <p>
          Nothing yet: <code>sallyport permissions set --gateway {visible(gateway)}</code>
        </p>
      )}
      <ul className="permissions">
        {items.map((permission) => (
          <li key={permission.id}>
            <span className={`badge ${BADGES[permission.decision]}`}>{WORDS[permission.decision]}</span>{' '}
            <code>{visible(permission.action)}</code> {visible(reachOf(permission))}
          </li>
        ))}
      </ul>
      <More has={own.hasMore} busy={own.isReading} what="More of its permissions" onMore={own.more} />
      <More has={shared.hasMore} busy={shared.isReading} what="More of every agent’s" onMore={shared.more} />
    </section>
  )
}

function reachOf({ gateway, upstream, connector, approval }: Permission): string {
  const where =
    upstream === null
      ? connector === '*'
        ? 'on every server'
        : `on every ${connector} server`
      : `on ${upstream}`
  const whose = gateway === '*' ? ', as every agent' : ''
  return `${where}${whose}${approval === null ? '' : `: ${approval.stages}`}`
}
