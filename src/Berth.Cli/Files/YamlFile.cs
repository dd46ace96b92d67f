using Berth.Cli.Hosting;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Berth.Cli.Files;

/// <summary>Reads YAML files. Every error message contains the path.</summary>
internal static class YamlFile
{
    /// <summary>Returns the fields of the first document; none when it is not a mapping.</summary>
    public static YamlMappingNode Read(string path)
    {
        YamlStream documents = [];
        try
        {
            string text = ReadText(path);
            RefuseDepth(path, text);
            using StringReader reader = new(text);
            documents.Load(reader);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or FormatException
            or ArithmeticException
            or NullReferenceException or IndexOutOfRangeException)
        {
            // The parser throws this on some broken input instead of its own exception.
            throw CommandException.Usage($"{path} is not valid YAML. Correct it.", exception);
        }
        catch (YamlException exception)
        {
            throw CommandException.Usage($"{path} is not valid YAML at line {exception.Start.Line}: {exception.Message}", exception);
        }

        return documents.Documents.FirstOrDefault()?.RootNode as YamlMappingNode ?? [];
    }

    /// <summary>Refuses deep nesting. The library parses recursively, and a stack overflow cannot be caught.</summary>
    private static void RefuseDepth(string path, string text)
    {
        const int Deepest = 64;
        using StringReader reader = new(text);
        Parser events = new(reader);
        int depth = 0;
        while (events.MoveNext())
        {
            depth += events.Current!.NestingIncrease;
            if (depth > Deepest)
                throw CommandException.Usage(
                    $"{path} is nested deeper than {Deepest} levels at line {events.Current.Start.Line}. Flatten it.");
        }
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
