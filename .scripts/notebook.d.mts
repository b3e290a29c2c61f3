export interface Notebook {
  cells: { cell_type: string; id: string; metadata: { tags?: string[] }; source: string[]; outputs?: Record<string, unknown>[] }[]
}
export function readNotebook(path: string): Notebook
export function outputProblems(notebook: Notebook): string[]
export function typeProblems(notebook: Notebook): string[]
