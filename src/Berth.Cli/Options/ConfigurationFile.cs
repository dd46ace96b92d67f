using System.Text.Json;

namespace Berth.Cli.Options;

/// <summary>A JSON file of settings: <c>{"target": ["k8s-example2/service-b"], "base-port": 3000}</c>.</summary>
internal sealed class ConfigurationFile
{
    /// <summary>A file of settings is small. A larger one is a mistake.</summary>
    private const long MaxBytes = 1024 * 1024;

    private static readonly JsonDocumentOptions s_json = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = 8,
    };

    private readonly Dictionary<string, string[]> _values = new(StringComparer.Ordinal);

    private ConfigurationFile(string path) => Path = path;

    public string Path { get; }

    /// <summary>Reads a file, and reports each fault as a sentence.</summary>
    public static ConfigurationFile? Read(string path, Action<string> fault)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxBytes })
            {
                fault($"The configuration file {path} has more than {MaxBytes} bytes. Give a JSON file of options.");
                return null;
            }

            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path), s_json);
            return FromJson(path, document.RootElement, fault);
        }
        catch (JsonException exception)
        {
            fault($"The configuration file {path} is not JSON: line {exception.LineNumber + 1}, " +
                $"byte {exception.BytePositionInLine + 1} does not belong there. Correct it.");
        }
        catch (Exception exception) when (
            exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            fault($"The configuration file {path} cannot be read: {exception.Message} Check the path and its permissions.");
        }

        return null;
    }

    public string? Find(Setting setting) =>
        _values.TryGetValue(setting.Name, out string[]? values) ? string.Join(setting.Separator ?? ',', values) : null;

    private static ConfigurationFile? FromJson(string path, JsonElement root, Action<string> fault)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            fault($"The configuration file {path} contains no JSON object. Write it as {{\"base-port\": 3000}}.");
            return null;
        }

        ConfigurationFile file = new(path);
        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (!CommonSettings.FileKeys.Contains(property.Name))
                fault($"The configuration file {path} has the unknown key '{property.Name}'. Known are: " +
                    $"{string.Join(", ", CommonSettings.FileKeys)}.");
            else if (TextsOf(property.Value) is { } texts)
                file._values[property.Name] = texts;
            else
                fault($"'{property.Name}' in {path} is neither a text, a number nor a list of them. Correct it.");
        }

        return file;
    }

    private static string[]? TextsOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
            return TextOf(value) is { } single ? [single] : null;
        string[] texts = [.. value.EnumerateArray().Select(TextOf).OfType<string>()];
        return texts.Length > 0 && texts.Length == value.GetArrayLength() ? texts : null;
    }

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };
}
