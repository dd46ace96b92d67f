using System.Buffers;
using Berth.LocalCluster.Access;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Selectors;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;
using Microsoft.AspNetCore.Http;

namespace Berth.LocalCluster.Api;

/// <summary>The output of one watch: selects its events, and writes each as one line of JSON.</summary>
internal sealed class WatchStream(
    HttpResponse response, RequestTarget target, LabelSelector labels, FieldSelector fields, TableWriter tables, AnswerForm form)
{
    private bool _hasColumns;

    /// <summary>The version up to which the client has all events.</summary>
    public long Version { get; set; }

    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        response.ContentType = "application/json";
        await response.StartAsync(cancellationToken).ConfigureAwait(false);
        await response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task InitialAsync(IReadOnlyList<StoredObject> items, CancellationToken cancellationToken)
    {
        foreach (StoredObject item in items.Where(Matches))
            Write("ADDED", Render(item, form).Span);
        await FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task ChangesAsync(IReadOnlyList<Change> changes, CancellationToken cancellationToken)
    {
        bool IsOfTarget(Change change) =>
            change.Kind.QualifiedName == target.Kind.QualifiedName
            && (target.Namespace is null || change.Last.Namespace == target.Namespace);
        List<(string? Type, StoredObject Item)> events = [.. changes
            .Where(IsOfTarget)
            .Select(change => (Type: EventOf(change), change.Last))
            .Where(item => item.Type is not null)];
        foreach ((string? type, StoredObject item) in events)
            Write(type!, Render(item, form).Span);
        if (events.Count > 0)
            await FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task BookmarkAsync(long version, bool last, CancellationToken cancellationToken)
    {
        JsonObject metadata = new() { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) };
        if (last)
            metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        JsonObject bookmark = new() { ["kind"] = target.Kind.Kind, ["apiVersion"] = target.Kind.ApiVersion, ["metadata"] = metadata };
        if (form.Shape != AnswerShape.Object)
        {
            AnswerForm full = form.Include == "None" ? form with { Include = null } : form;
            Write("BOOKMARK", Render(new StoredObject(target.Kind, bookmark, version), full).Span);
            await FlushAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        // The fields that the Go type always writes.
        foreach (string field in target.Kind == KindTable.EndpointSlice ? (string[])["addressType", "endpoints", "ports"] : [])
            bookmark[field] = field == "addressType" ? "" : null;

        Write("BOOKMARK", bookmark.ToUtf8());
        await FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task ErrorAsync(ApiException exception, CancellationToken cancellationToken)
    {
        Write("ERROR", exception.ToStatus().ToUtf8());
        await FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// An object that starts to match the selectors appears as added, and one that no longer matches as deleted. The client's set therefore
    /// stays the selected one.
    /// </summary>
    private string? EventOf(Change change)
    {
        bool before = change.Before is { } old && Matches(old);
        bool after = change.After is { } now && Matches(now);
        return (before, after) switch
        {
            (false, true) => "ADDED",
            (true, true) => "MODIFIED",
            (true, false) => "DELETED",
            _ => null,
        };
    }

    private bool Matches(StoredObject item) =>
        (target.Name is null || item.Name == target.Name)
        && (labels.IsEmpty || labels.Matches(item.Body))
        && (fields.IsEmpty || fields.Matches(item.Body));

    /// <summary>The columns of a table are in its first event only.</summary>
    private ReadOnlyMemory<byte> Render(StoredObject item, AnswerForm wanted)
    {
        if (wanted.Shape is AnswerShape.Metadata or AnswerShape.MetadataList)
            return wanted.MetadataOf(item.Body);
        if (wanted.Shape == AnswerShape.Object)
            return item.Utf8;
        ReadOnlyMemory<byte> table = tables.WriteOne(item, wanted, withColumns: !_hasColumns);
        _hasColumns = true;
        return table;
    }

    private void Write(string type, ReadOnlySpan<byte> document)
    {
        Encoding.ASCII.GetBytes($"{{\"type\":\"{type}\",\"object\":", response.BodyWriter);
        response.BodyWriter.Write(document);
        response.BodyWriter.Write("}\n"u8);
    }

    private async Task FlushAsync(CancellationToken cancellationToken) =>
        await response.BodyWriter.FlushAsync(cancellationToken).ConfigureAwait(false);
}
