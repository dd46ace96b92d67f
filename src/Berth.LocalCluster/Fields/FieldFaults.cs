using Berth.LocalCluster.Json;

namespace Berth.LocalCluster.Fields;

/// <summary>The faults of an object, field by field, in the words and with the reasons of a real server.</summary>
internal sealed class FieldFaults : List<(string Field, string Message, string Reason)>
{
    public void Required(string field, string? why = null) =>
        Add((field, why is null ? "Required value" : $"Required value: {why}", "FieldValueRequired"));

    public void Forbidden(string field, string why) => Add((field, $"Forbidden: {why}", "FieldValueForbidden"));

    public void Duplicate(string field, JsonNode? value) => Add((field, $"Duplicate value: {Written(value)}", "FieldValueDuplicate"));

    public void NotFound(string field, string? value) => Add((field, $"Not found: {Written(value)}", "FieldValueNotFound"));

    public void Invalid(string field, JsonNode? value, string why) =>
        Add((field, $"Invalid value: {Written(value)}: {why}", "FieldValueInvalid"));

    public void OneOf(string field, string? value, params string[] supported)
    {
        if (value is not null && !supported.Contains(value, StringComparer.Ordinal))
            NotSupported(field, value, supported);
    }

    public void NotSupported(string field, JsonNode? value, params string[] supported)
    {
        string values = string.Join(", ", supported.Select(text => $"\"{text}\""));
        Add((field, $"Unsupported value: {Written(value)}: supported values: {values}", "FieldValueNotSupported"));
    }

    private static string Written(JsonNode? value) => System.Text.Encoding.UTF8.GetString(value.ToUtf8());
}
