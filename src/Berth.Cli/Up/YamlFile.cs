using Berth.Cli.Hosting;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Berth.Cli.Up;

/// <summary>Files of YAML, read whole; what is wrong with one is said with its path.</summary>
internal static class YamlFile
{
    /// <summary>The first document's fields; none where it is no mapping.</summary>
    public static YamlMappingNode Read(string path)
    {
        YamlStream documents = [];
        try
        {
            using StringReader reader = new(ReadText(path));
            documents.Load(reader);
        }
        catch (YamlException exception)
        {
            throw CommandException.Usage($"{path} is not valid YAML at line {exception.Start.Line}: {exception.Message}", exception);
        }

        return documents.Documents.FirstOrDefault()?.RootNode as YamlMappingNode ?? [];
    }

    public static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CommandException.Usage($"{path} cannot be read: {exception.Message}", exception);
        }
    }
}
