/** The equations of `relax solve`. */
export const equationNames = ['cole-hopf', 'hopf-lax', 'hamilton-jacobi'] as const
