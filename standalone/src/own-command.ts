/**
 * How a person gives our commands here: in a clone through npx, and as they are where the package is installed. There npx
 * would look for a package of that name elsewhere.
 */
export function ownCommand(place: string = import.meta.url): 'npx sallyport' | 'sallyport' {
  return /[\\/]node_modules[\\/]/.test(place) ? 'sallyport' : 'npx sallyport'
}
