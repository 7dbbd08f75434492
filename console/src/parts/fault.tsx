import { told } from '../api/call.ts'

/** What went wrong, told as soon as it has; nothing where all is well. */
export function Fault({ error }: { readonly error: Error | null }) {
  if (error === null) return null
  return (
    <p role="alert" className="fault">
      {told(error)}
    </p>
  )
}
