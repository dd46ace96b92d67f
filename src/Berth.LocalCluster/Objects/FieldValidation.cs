using Berth.LocalCluster.Fields;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Status;

namespace Berth.LocalCluster.Objects;

/// <summary>
/// The requested treatment of fields that a kind does not have
/// (https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation): Strict refuses them, Warn (the default) drops them with
/// a warning, Ignore drops them.
/// </summary>
internal sealed class FieldValidation(ResourceKind kind, string? mode, Action<string> warn)
{
    /// <param name="body">The object.</param>
    /// <param name="twice">The paths of fields that its text has more than once.</param>
    public JsonObject OfObject(JsonObject body, IReadOnlyList<string>? twice = null)
    {
        ApiException Refuse(string why) =>
            ApiException.BadRequest($"{kind.Kind} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: {why}");
        return (body.Text("kind") ?? kind.Kind) == kind.Kind ? Pruned(body, Refuse, twice ?? []) : body;
    }

    /// <summary>An applied object must have a kind, and no field that the kind does not have: a real server answers 500 then.</summary>
    public JsonObject OfApplied(JsonObject body, string? @namespace, string name)
    {
        if (body.Text("kind") is null || body.Text("apiVersion") is null)
        {
            string group = body.Text("apiVersion")?.Contains('/', StringComparison.Ordinal) is true ? "" : "/";
            throw ApiException.BadRequest($"invalid object type: {group}{body.Text("apiVersion")}, Kind={body.Text("kind")}");
        }

        if (body.Text("kind") != kind.Kind)
            return body;
        IReadOnlyList<string> unknown = [];
        JsonObject known = Pruned(body, ApiException.BadRequest, [], found => unknown = found);
        if (unknown.Count == 0)
            return known;
        string of = kind.Group.Length == 0 ? $"/{kind.Version}" : kind.ApiVersion;
        string what = string.Join(", ", unknown.Select(static each => $".{each.Split('"')[1]}: field not declared in schema"));
        string where = known.Text("metadata", "namespace") is null ? "" : @namespace ?? "";
        throw new ApiException(500, null, $"failed to create typed patch object ({where}/{name}; {of}, Kind={kind.Kind}): {what}");
    }

    public JsonObject OfPatched(JsonObject body, string contentType, ReadOnlyMemory<byte> patch) => Pruned(body, fault =>
    {
        string given = contentType == "application/strategic-merge-patch+json"
            ? AsGo(JsonNode.Parse(patch.Span))
            : Encoding.UTF8.GetString(body.ToUtf8());
        string quoted = given
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);
        string message = $"Invalid value: \"{quoted}\": {fault}";
        return new ApiException(422, "Invalid", $" \"\" is invalid: patch: {message}", new JsonObject
        {
            ["causes"] = new JsonArray(new JsonObject { ["reason"] = "FieldValueInvalid", ["message"] = message, ["field"] = "patch" }),
        });
    }, []);

    private JsonObject Pruned(
        JsonObject body, Func<string, ApiException> refuse, IReadOnlyList<string> twice, Action<IReadOnlyList<string>>? found = null)
    {
        IReadOnlyList<string> unknown;
        try
        {
            unknown = [.. twice.Select(static path => $"duplicate field \"{path}\""), .. FieldCheck.Prune(kind, body)];
        }
        catch (FormatException exception)
        {
            throw refuse(exception.Message);
        }

        if (found is not null)
        {
            found(unknown);
            return body;
        }

        if (unknown.Count > 0 && mode == "Strict")
            throw refuse($"strict decoding error: {string.Join(", ", unknown)}");
        foreach (string field in mode is null or "" or "Warn" ? unknown : [])
            warn(field);
        return body;
    }

    /// <summary>
    /// Returns a value as Go prints it: <c>map[spec:map[replicas:3]]</c>. A real server quotes a strategic merge patch in this form.
    /// </summary>
    private static string AsGo(JsonNode? node) => node switch
    {
        JsonObject fields => $"map[{string.Join(' ', fields
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{pair.Key}:{AsGo(pair.Value)}"))}]",
        JsonArray items => $"[{string.Join(' ', items.Select(AsGo))}]",
        null => "<nil>",
        _ => node.Text() ?? node.ToJsonString(),
    };
}
