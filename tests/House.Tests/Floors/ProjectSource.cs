using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Berth.House.Floors;

/// <summary>
/// The source of one project, compiled as the compiler sees it, so that a type which is only inferred counts as used. Documentation does
/// not count.
/// </summary>
internal sealed class ProjectSource
{
    private static readonly string[] s_implicitUsings =
        ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading",
            "System.Threading.Tasks"];

    // Documentation does not count.
    private static readonly CSharpParseOptions s_options = new(LanguageVersion.Preview, DocumentationMode.None);

    // Read once: a reference keeps what was read of it.
    private static readonly (string Name, MetadataReference Reference)[] s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(
            static path => (Path.GetFileNameWithoutExtension(path), (MetadataReference)MetadataReference.CreateFromFile(path))),
    ];

    private readonly string _folder;
    private readonly CSharpCompilation _compilation;

    private ProjectSource(string folder, CSharpCompilation compilation)
    {
        _folder = folder;
        _compilation = compilation;
    }

    /// <summary>The folders that hold source files.</summary>
    public IEnumerable<string> Folders =>
        _compilation.SyntaxTrees.Where(static t => t.FilePath.Length > 0).Select(t => FolderOf(t.FilePath)).Distinct();

    public static ProjectSource Read(string folder)
    {
        string name = Path.GetFileName(folder);
        IEnumerable<SyntaxTree> trees = FilesOf(folder)
            .Select(path => CSharpSyntaxTree.ParseText(File.ReadAllText(path), s_options, path));
        string usings = string.Join('\n', UsingsOf(folder).Select(static u => $"global using {u};"));
        return new ProjectSource(folder, CSharpCompilation.Create(
            name,
            [.. trees, CSharpSyntaxTree.ParseText(usings, s_options)],
            References(name),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true)));
    }

    /// <summary>The source files of a project, without those of projects in its folders.</summary>
    public static IEnumerable<string> FilesOf(string folder)
    {
        string[] others =
        [
            .. Directory.EnumerateFiles(folder, "*.csproj", SearchOption.AllDirectories).Select(static path => Path.GetDirectoryName(path)!)
                .Where(other => other != folder).Select(static other => other + Path.DirectorySeparatorChar),
        ];
        return Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(path => !Path.GetRelativePath(folder, path).StartsWith("obj", StringComparison.Ordinal))
            .Where(path => !others.Any(other => path.StartsWith(other, StringComparison.Ordinal)));
    }

    /// <summary>Every use of a type of one folder by a file of another.</summary>
    public IEnumerable<Arrow> FindArrows() =>
        _compilation.SyntaxTrees.Where(static t => t.FilePath.Length > 0).SelectMany(FindArrows).Distinct();

    private IEnumerable<Arrow> FindArrows(SyntaxTree tree)
    {
        SemanticModel model = _compilation.GetSemanticModel(tree);
        string folder = FolderOf(tree.FilePath);
        string file = Path.GetRelativePath(_folder, tree.FilePath);
        return tree.GetRoot().DescendantNodes().Where(static n => n is ExpressionSyntax or ConstructorInitializerSyntax)
            .SelectMany(node => TypesOf(model, node).Select(type => (type, line: tree.GetLineSpan(node.Span).StartLinePosition.Line + 1)))
            .SelectMany(use => use.type.DeclaringSyntaxReferences
                .Select(place => new Arrow(folder, FolderOf(place.SyntaxTree.FilePath), file, use.line, use.type.Name)))
            .Where(arrow => arrow.Used != folder);
    }

    /// <summary>The types of this project that a node names, calls into, or has as its own type.</summary>
    private IEnumerable<INamedTypeSymbol> TypesOf(SemanticModel model, SyntaxNode node)
    {
        SymbolInfo named = model.GetSymbolInfo(node);
        IEnumerable<ISymbol?> symbols = [named.Symbol, .. named.CandidateSymbols, model.GetTypeInfo(node).Type];
        return symbols.Select(Outermost).OfType<INamedTypeSymbol>()
            .Where(type => SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, _compilation.Assembly));
    }

    private static INamedTypeSymbol? Outermost(ISymbol? symbol)
    {
        INamedTypeSymbol? type = symbol switch
        {
            INamespaceSymbol or null => null,
            IArrayTypeSymbol array => Outermost(array.ElementType),
            INamedTypeSymbol itself => itself.OriginalDefinition,
            _ => symbol.ContainingType?.OriginalDefinition,
        };
        while (type?.ContainingType is { } outer)
            type = outer;
        return type;
    }

    private string FolderOf(string path) =>
        Path.GetRelativePath(_folder, Path.GetDirectoryName(path)!) is var folder && folder == "." ? FloorPlan.Root : folder;

    private static IEnumerable<string> UsingsOf(string folder) => s_implicitUsings.Concat(GlobalUsings.OfBuild(folder)).Distinct();

    private static IEnumerable<MetadataReference> References(string project) =>
        s_references.Where(one => one.Name != project).Select(static one => one.Reference);
}
