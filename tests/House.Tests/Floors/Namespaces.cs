using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Berth.House.Floors;

/// <summary>The namespaces of a project's types.</summary>
internal static class Namespaces
{
    /// <summary>Finds the types whose namespace is not that of their folder. Public types may be in the root namespace.</summary>
    public static IEnumerable<string> FindFaults(string project)
    {
        string root = Path.GetFileName(project);
        foreach (string path in ProjectSource.FilesOf(project))
        {
            string file = Path.GetRelativePath(project, path);
            string expected = string.Join('.', [root, .. file.Split(Path.DirectorySeparatorChar)[..^1]]);
            foreach (MemberDeclarationSyntax type in TypesOf(path))
            {
                string found = string.Join(
                    '.', type.Ancestors().OfType<BaseNamespaceDeclarationSyntax>().Reverse().Select(static space => space.Name.ToString()));
                bool isPublic = type.Modifiers.Any(SyntaxKind.PublicKeyword);
                if (found != expected && !(isPublic && found == root))
                    yield return $"{file} has a type in {found}. Put it into {expected}{(isPublic ? $" or {root}" : "")}.";
            }
        }
    }

    private static IEnumerable<MemberDeclarationSyntax> TypesOf(string path) => CSharpSyntaxTree.ParseText(File.ReadAllText(path)).GetRoot()
        .DescendantNodes(static node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
        .OfType<MemberDeclarationSyntax>().Where(static member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax);
}
