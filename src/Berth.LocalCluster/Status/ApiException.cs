using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;

namespace Berth.LocalCluster.Status;

/// <summary>A failure answer with the Status object of a real API server.</summary>
internal sealed class ApiException(int code, string? reason, string message, JsonObject? details = null) : Exception(message)
{
    public int Code => code;
    public int? RetryAfterSeconds => (int?)details?["retryAfterSeconds"];

    /// <summary>The continue token that replaces an expired one: it continues from there at the newest version.</summary>
    public string? Continue { get; init; }

    public JsonObject ToStatus() => JsonWriting.Fields(
        ("kind", "Status"), ("apiVersion", "v1"), ("metadata", Continue is null ? [] : new JsonObject { ["continue"] = Continue }),
        ("status", "Failure"), ("message", Message), ("reason", reason), ("details", details?.DeepClone()), ("code", code));

    /// <summary>Runs an action for a caller outside the API. A refusal becomes an exception with a sentence for people.</summary>
    public static void Translate(Action action)
    {
        try
        {
            action();
        }
        catch (ApiException exception)
        {
            throw new LocalClusterException(exception.Message, exception);
        }
    }

    public static ApiException NotFound(ResourceKind kind, string name) =>
        new(404, "NotFound", $"{kind.QualifiedName} \"{name}\" not found", Details(kind, name));

    public static ApiException AlreadyExists(ResourceKind kind, string name) =>
        new(409, "AlreadyExists", $"{kind.QualifiedName} \"{name}\" already exists", Details(kind, name));

    public static ApiException Conflict(ResourceKind kind, string name, string why) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {kind.QualifiedName} \"{name}\": {why}", Details(kind, name));

    public static ApiException Modified(ResourceKind kind, string name) =>
        Conflict(kind, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiException BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiException NoSuchResource() => new(404, "NotFound", "the server could not find the requested resource", []);

    public static ApiException MethodNotAllowed() =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", []);

    public static ApiException UnsupportedMediaType(string given, string accepted) =>
        new(
            415,
            "UnsupportedMediaType",
            $"the body of the request was in an unknown format{given} - accepted media types include: {accepted}");

    /// <summary>A patch of an unknown content type, in the words of a real server.</summary>
    public static ApiException UnsupportedPatch() => new(415, "UnsupportedMediaType", "415: Unsupported Media Type", []);

    public static ApiException Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    public static ApiException TooOld(long asked, long oldest) =>
        new(410, "Expired", $"too old resource version: {asked} ({oldest})");

    public static ApiException TooLarge(long asked, long current)
    {
        JsonObject cause = new() { ["reason"] = "ResourceVersionTooLarge", ["message"] = "Too large resource version" };
        JsonObject details = new() { ["causes"] = new JsonArray(cause), ["retryAfterSeconds"] = 1 };
        return new(504, "Timeout", $"Timeout: {cause["message"]}: {asked}, current: {current}", details);
    }

    public static ApiException Invalid(
        ResourceKind kind, string name, params IReadOnlyList<(string Field, string Message, string Reason)> faults)
    {
        JsonObject details = Details(kind, name, kind.Kind);
        static JsonObject Cause((string Field, string Message, string Reason) fault) => new()
        {
            ["reason"] = fault.Reason,
            ["message"] = fault.Message,
            ["field"] = fault.Field,
        };
        details["causes"] = new JsonArray([.. faults.Select(Cause)]);
        string subject = kind.Group.Length == 0 ? kind.Kind : $"{kind.Kind}.{kind.Group}";
        string what = string.Join(", ", faults.Select(fault => $"{fault.Field}: {fault.Message}"));
        return new(422, "Invalid", $"{subject} \"{name}\" is invalid: {(faults.Count == 1 ? what : $"[{what}]")}", details);
    }

    /// <summary>Returns the details of the object that a Status is about. Go leaves an empty name out.</summary>
    public static JsonObject Details(ResourceKind kind, string? name, string? said = null) =>
        JsonWriting.Fields(
            ("name", string.IsNullOrEmpty(name) ? null : name),
            ("group", kind.Group.Length > 0 ? kind.Group : null),
            ("kind", said ?? kind.Plural));
}
