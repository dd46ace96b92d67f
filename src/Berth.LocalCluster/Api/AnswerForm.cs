using Berth.LocalCluster.Access;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Api;

/// <summary>
/// The form of an answer that a client asks for in Accept
/// (https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables).
/// </summary>
/// <param name="Shape">How much of the object.</param>
/// <param name="Version">The version of <c>meta.k8s.io</c> that the client knows.</param>
/// <param name="Include">How much of the object a row of a table contains.</param>
internal sealed record AnswerForm(AnswerShape Shape, string Version = "v1", string? Include = null)
{
    private const string Accepted = "application/json, application/yaml, application/vnd.kubernetes.protobuf";

    public string ApiVersion => $"meta.k8s.io/{Version}";

    /// <summary>Reads Accept. Of several forms the first counts that is known here.</summary>
    /// <exception cref="ApiException">406: none is known, or 400: includeObject has a value that no server knows.</exception>
    public static AnswerForm Of(string accept, string? include)
    {
        Dictionary<string, string>[] clauses = [.. accept.Split(',').Select(Parameters)];
        AnswerForm?[] forms = [.. clauses.Where(IsJson).Select(Known)];
        if (forms.Length == 0)
            forms = [.. clauses.Select(Known)];
        AnswerForm form = forms.FirstOrDefault(static known => known is not null)
            ?? throw NotAcceptable("only the following media types are accepted: " + Accepted);
        if (form.Shape != AnswerShape.Table)
            return form;
        if (include is not (null or "" or "Metadata" or "Object" or "None"))
        {
            throw ApiException.BadRequest(
                $"Unable to convert to Table as requested: includeObject: Invalid value: \"{include}\": "
                + "must be 'Metadata', 'Object', 'None', or empty");
        }

        return form with { Include = include };
    }

    /// <exception cref="ApiException">406: an object was asked for as a list, or a list as an object.</exception>
    public void Require(RequestTarget target)
    {
        bool list = target.Name is null;
        if (Shape == (list ? AnswerShape.Metadata : AnswerShape.MetadataList))
        {
            throw NotAcceptable(list
                ? $"you requested PartialObjectMetadata, but the requested object is a list (*{GoType(target.Kind)}List)"
                : $"you requested PartialObjectMetadataList, but the requested object is not a list (*{GoType(target.Kind)})");
        }
    }

    public ReadOnlyMemory<byte> MetadataOf(JsonObject body) => JsonWriting.ToUtf8(1024, writer =>
    {
        WriteStart(writer);
        writer.WriteValue(body["metadata"]);
        writer.WriteEndObject();
    });

    /// <summary>Returns the parts of a list of metadata. As Go writes it, an empty one has no list.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> MetadataOf(IReadOnlyList<StoredObject> items, JsonObject metadata)
    {
        ReadOnlyMemory<byte> start = JsonWriting.ToUtf8(1024, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("kind", "PartialObjectMetadataList");
            writer.WriteString("apiVersion", ApiVersion);
            writer.WriteField("metadata", metadata);
            writer.WritePropertyName("items");
        });
        return items.Count == 0
            ? [start, "null}"u8.ToArray()]
            : [start, "["u8.ToArray(), .. JsonWriting.ToParts(items, WriteMetadata), "]}"u8.ToArray()];
    }

    /// <summary>Writes an object with its metadata alone.</summary>
    public void WriteMetadata(Utf8JsonWriter writer, StoredObject item)
    {
        WriteStart(writer);
        writer.WriteRawValue(item.MetadataUtf8, skipInputValidation: true);
        writer.WriteEndObject();
    }

    private void WriteStart(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("kind", "PartialObjectMetadata");
        writer.WriteString("apiVersion", ApiVersion);
        writer.WritePropertyName("metadata");
    }

    private static ApiException NotAcceptable(string message) => new(406, "NotAcceptable", message);

    /// <summary>The parameters of one media type, and the type itself under an empty name.</summary>
    private static Dictionary<string, string> Parameters(string clause)
    {
        Dictionary<string, string> parameters = new(StringComparer.Ordinal);
        foreach (string[] pair in clause.Split(';').Select(static part => part.Trim().Split('=', 2)))
            parameters[pair.Length == 1 ? "" : pair[0]] = pair[^1];
        return parameters;
    }

    private static bool IsJson(Dictionary<string, string> clause) =>
        clause.GetValueOrDefault("") is "application/json" or "application/*" or "*/*";

    private static AnswerForm? Known(Dictionary<string, string> clause)
    {
        if (!clause.TryGetValue("as", out string? shape))
            return new AnswerForm(AnswerShape.Object);
        string version = clause.GetValueOrDefault("v", "");
        if (clause.GetValueOrDefault("g") != "meta.k8s.io" || version is not ("v1" or "v1beta1"))
            return null;
        return shape switch
        {
            "Table" => new AnswerForm(AnswerShape.Table, version),
            "PartialObjectMetadata" => new AnswerForm(AnswerShape.Metadata, version),
            "PartialObjectMetadataList" => new AnswerForm(AnswerShape.MetadataList, version),
            _ => null,
        };
    }

    private static string GoType(ResourceKind kind) => kind switch
    {
        { IsCustom: true } => "unstructured.Unstructured",
        { Group.Length: 0 } => $"core.{kind.Kind}",
        _ => $"{kind.Group.Split('.')[0]}.{kind.Kind}",
    };
}
