/** The action of the tool of ours with which an agent asks a person for access. No upstream has it. */
export const ACCESS_REQUEST_ACTION = 'sallyport.request_access'

/** What the actions of Sallyport's own tools begin with. No connector names anything of an upstream so. */
export const OWN = 'sallyport.'

export function isOwnAction(action: string): boolean {
  return action.startsWith(OWN)
}
