using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Berth.House.Floors;

/// <summary>
/// The namespaces that each file of a project has without naming them: from its project file, from props and targets beside and above it,
/// and from <c>global using</c> in its source.
/// </summary>
internal static partial class GlobalUsings
{
    private static readonly string[] s_shared = ["Directory.Build.props", "Directory.Build.targets"];

    /// <summary>The <c>Using</c> items of MSBuild files.</summary>
    public static IEnumerable<string> OfBuild(string folder) => Beside(folder).Concat(Above(folder))
        .SelectMany(static file => XDocument.Load(file).Descendants().Where(static e => e.Name.LocalName == "Using"))
        .Select(static e => (string?)e.Attribute("Include")).OfType<string>();

    /// <summary>The <c>global using</c> directives of source files.</summary>
    public static IEnumerable<string> OfSource(string folder) => ProjectSource.FilesOf(folder).SelectMany(static file =>
        Directive().Matches(File.ReadAllText(file)).Select(static match => match.Groups[1].Value));

    /// <summary>Returns the global usings of a project that name a namespace which the project itself declares.</summary>
    public static IEnumerable<string> OfOwnFolders(string folder)
    {
        HashSet<string> own =
        [
            .. ProjectSource.FilesOf(folder).SelectMany(static file => Declaration().Matches(File.ReadAllText(file))
                .Select(static match => match.Groups[1].Value)),
        ];
        return OfBuild(folder).Concat(OfSource(folder)).Where(own.Contains);
    }

    private static IEnumerable<string> Beside(string folder) => Directory.EnumerateFiles(folder)
        .Where(static file => Path.GetExtension(file) is ".csproj" or ".props" or ".targets");

    private static IEnumerable<string> Above(string folder)
    {
        for (string? at = Path.GetDirectoryName(folder); at is not null; at = Path.GetDirectoryName(at))
        {
            foreach (string file in s_shared.Select(name => Path.Combine(at, name)).Where(File.Exists))
                yield return file;
            if (File.Exists(Path.Combine(at, "Berth.slnx")))
                yield break;
        }
    }

    [GeneratedRegex(@"^\s*global\s+using\s+(?:static\s+)?(?:\w+\s*=\s*)?([\w.]+)\s*;", RegexOptions.Multiline)]
    private static partial Regex Directive();

    [GeneratedRegex(@"^\s*namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
