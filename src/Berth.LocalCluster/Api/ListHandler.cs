using Berth.LocalCluster.Access;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Selectors;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Api;

/// <summary>Answers lists: consistent pages, requested versions, selectors, tables.</summary>
internal sealed class ListHandler(ObjectStore store, TableWriter tables)
{
    private static readonly byte[] s_items = ",\"items\":["u8.ToArray();
    private static readonly byte[] s_first = "{"u8.ToArray();
    private static readonly byte[] s_next = ",{"u8.ToArray();
    private static readonly byte[] s_end = "]}"u8.ToArray();

    /// <summary>Returns the parts of the answer, in their order.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> List(RequestTarget target, Func<string, string?> query, AnswerForm form)
    {
        ListOptions.Check(query, watch: false);
        LabelSelector labels = LabelSelector.Parse(query("labelSelector"));
        FieldSelector fields = FieldSelector.Parse(query("fieldSelector"), target.Kind);
        (IReadOnlyList<StoredObject> all, long version, string? start) = Select(target, query);
        List<StoredObject> matching =
            [.. all.Where(item => IsOnPage(item) && HasLabels(item) && HasFields(item))];
        bool HasLabels(StoredObject item) => labels.IsEmpty || labels.Matches(item.Body);
        bool HasFields(StoredObject item) => fields.IsEmpty || fields.Matches(item.Body);
        bool IsOnPage(StoredObject item) => start is null || string.CompareOrdinal(PageKey(item, target), start) >= 0;

        int limit = int.TryParse(query("limit"), CultureInfo.InvariantCulture, out int asked) && asked > 0 ? asked : int.MaxValue;
        List<StoredObject> page = matching.Count > limit ? matching[..limit] : matching;
        JsonObject metadata = new() { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) };
        if (matching.Count > limit)
        {
            metadata["continue"] = new ContinueToken(version, PageKey(page[^1], target)).ToString();
            if (string.IsNullOrEmpty(query("labelSelector")) && string.IsNullOrEmpty(query("fieldSelector")))
                metadata["remainingItemCount"] = matching.Count - limit;
        }

        return form.Shape switch
        {
            AnswerShape.Table => tables.WriteList(target.Kind, page, metadata, form),
            AnswerShape.MetadataList => form.MetadataOf(page, metadata),
            _ => Write(target.Kind, page, metadata),
        };
    }

    private (IReadOnlyList<StoredObject> Items, long Version, string? Start) Select(RequestTarget target, Func<string, string?> query)
    {
        if (ContinueToken.Parse(query("continue")) is { } token)
        {
            IReadOnlyList<StoredObject> snapshot = store.ListAt(target.Kind, target.Namespace, token.Version) ?? throw new ApiException(
                410,
                "Expired",
                "The provided continue parameter is too old to display a consistent list result. "
                + "You can start a new list without the continue parameter, "
                + "or use the continue token in this response to retrieve the remainder of the results. "
                + "Continuing with the provided token results in an inconsistent list.")
            {
                Continue = new ContinueToken(store.Version, token.Start.TrimEnd('\0')).ToString(),
            };
            return (snapshot, token.Version, token.Start);
        }

        long asked = ParseVersion(query("resourceVersion"), static fault => ApiException.BadRequest("invalid resource version: " + fault));
        IReadOnlyList<StoredObject> items = store.List(target.Kind, target.Namespace, out long version);
        if (asked > version)
            throw ApiException.TooLarge(asked, version);
        if (query("resourceVersionMatch") == "Exact" && asked < version)
        {
            items = store.ListAt(target.Kind, target.Namespace, asked)
                ?? throw new ApiException(410, "Expired", "The resourceVersion for the provided list is too old.");
            version = asked;
        }

        return (items, version, null);
    }

    public static long ParseVersion(string? text, Func<string, ApiException> refuse)
    {
        if (string.IsNullOrEmpty(text))
            return 0;
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong version))
            return (long)Math.Min(version, long.MaxValue);
        string why = text.All(char.IsAsciiDigit) ? "value out of range" : "invalid syntax";
        throw refuse($"resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": {why}");
    }

    /// <summary>A page starts at <c>/name</c> within one namespace, and at <c>/namespace/name</c> across all.</summary>
    private static string PageKey(StoredObject item, RequestTarget target) =>
        target.Kind.Namespaced && target.Namespace is null ? $"/{item.Namespace}/{item.Name}" : $"/{item.Name}";

    /// <summary>
    /// Objects are answered as they are stored, without a copy, and without their kind and version, which a list states once.
    /// </summary>
    private static List<ReadOnlyMemory<byte>> Write(ResourceKind kind, List<StoredObject> items, JsonObject metadata)
    {
        int head = $"{{\"kind\":\"{kind.Kind}\",\"apiVersion\":\"{kind.ApiVersion}\",".Length;
        string start = $"{{\"kind\":\"{kind.Kind}List\",\"apiVersion\":\"{kind.ApiVersion}\",\"metadata\":";
        List<ReadOnlyMemory<byte>> parts = new((items.Count * 2) + 4)
        {
            Encoding.UTF8.GetBytes(start), metadata.ToUtf8(), s_items,
        };
        foreach ((int index, StoredObject item) in items.Index())
        {
            parts.Add(index == 0 ? s_first : s_next);
            parts.Add(item.Utf8.AsMemory(head));
        }

        parts.Add(s_end);
        return parts;
    }
}
