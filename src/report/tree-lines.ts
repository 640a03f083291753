/** A node of a tree of packages; `isRepeated` where what hangs below was shown above already. */
export interface TreeNode {
  readonly label: string;
  readonly isRepeated?: boolean;
  readonly children: readonly TreeNode[];
}

/** Trees as people know them from file managers; `(*)` stands for branches that were shown before. */
export function formatTree(roots: readonly TreeNode[]): readonly string[] {
  return roots.flatMap((root) => [labelOf(root), ...branches(root.children, '')]);
}

function branches(nodes: readonly TreeNode[], indent: string): readonly string[] {
  return nodes.flatMap((node, index) => {
    const isLast = index === nodes.length - 1;
    return [
      `${indent}${isLast ? '└─ ' : '├─ '}${labelOf(node)}`,
      ...branches(node.children, `${indent}${isLast ? '   ' : '│  '}`),
    ];
  });
}

function labelOf({ label, isRepeated }: TreeNode): string {
  return isRepeated === true ? `${label} (*)` : label;
}
