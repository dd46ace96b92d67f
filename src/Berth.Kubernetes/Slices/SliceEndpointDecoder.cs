using System.Text.Json;
using Berth.Kubernetes.Resources;

namespace Berth.Kubernetes.Slices;

/// <summary>Reads the endpoints of a slice.</summary>
internal sealed class SliceEndpointDecoder(StringPool pool)
{
    private readonly AddressPool _addresses = new();

    /// <summary>Reads the array from the property name <c>endpoints</c> on; null is an empty one.</summary>
    public bool TryReadAll(ref Utf8JsonReader reader, List<SliceEndpointDraft> drafts)
    {
        drafts.Clear();
        if (!JsonFields.TryEnterArray(ref reader, "endpoints", out bool present))
            return false;
        while (present)
        {
            if (!reader.Read())
                return false;
            if (reader.TokenType == JsonTokenType.EndArray)
                break;
            if (reader.TokenType != JsonTokenType.StartObject)
                throw JsonFields.Unexpected(ref reader, "endpoints");
            SliceEndpointDraft draft = default;
            if (!TryReadOne(ref reader, ref draft))
                return false;
            drafts.Add(draft);
        }

        return true;
    }

    private bool TryReadOne(ref Utf8JsonReader reader, ref SliceEndpointDraft draft)
    {
        while (true)
        {
            if (!JsonFields.TryNextField(ref reader, out bool ended))
                return false;
            if (ended)
                return true;
            if (!TryReadField(ref reader, ref draft))
                return false;
        }
    }

    private bool TryReadField(ref Utf8JsonReader reader, ref SliceEndpointDraft draft)
    {
        if (reader.ValueTextEquals("addresses"u8))
            return TryReadAddresses(ref reader, ref draft);
        if (reader.ValueTextEquals("conditions"u8))
            return TryReadConditions(ref reader, ref draft);
        if (reader.ValueTextEquals("hostname"u8))
            return JsonFields.TryReadString(ref reader, "hostname", ref draft.Hostname);
        if (reader.ValueTextEquals("targetRef"u8))
            return TryReadTarget(ref reader, ref draft);
        if (reader.ValueTextEquals("nodeName"u8))
            return JsonFields.TryReadPooled(ref reader, "nodeName", pool, ref draft.Node);
        return reader.ValueTextEquals("zone"u8) ? JsonFields.TryReadPooled(ref reader, "zone", pool, ref draft.Zone) : reader.TrySkip();
    }

    /// <summary>Reads the first address. The API gives no meaning to further ones, and its own controller never writes any.</summary>
    private bool TryReadAddresses(ref Utf8JsonReader reader, ref SliceEndpointDraft draft)
    {
        draft.Address = null;
        draft.AddressText = null;
        if (!JsonFields.TryEnterArray(ref reader, "addresses", out bool present))
            return false;
        for (int index = 0; present; index++)
        {
            if (!reader.Read())
                return false;
            if (reader.TokenType == JsonTokenType.EndArray)
                break;
            if (reader.TokenType != JsonTokenType.String)
                throw JsonFields.Unexpected(ref reader, "addresses");
            if (index > 0)
                continue;
            if (reader.ValueIsEscaped || !_addresses.TryParse(reader.ValueSpan, out draft.Address))
                draft.AddressText = SliceAddress.Printable(reader.ValueSpan);
        }

        return true;
    }

    private static bool TryReadConditions(ref Utf8JsonReader reader, ref SliceEndpointDraft draft)
    {
        draft.Ready = draft.Serving = draft.Terminating = null;
        if (!JsonFields.TryEnterObject(ref reader, "conditions", out bool present))
            return false;
        while (present)
        {
            if (!JsonFields.TryNextField(ref reader, out bool ended))
                return false;
            if (ended)
                break;
            bool read = reader.ValueTextEquals("ready"u8) ? JsonFields.TryReadFlag(ref reader, "ready", ref draft.Ready)
                : reader.ValueTextEquals("serving"u8) ? JsonFields.TryReadFlag(ref reader, "serving", ref draft.Serving)
                : reader.ValueTextEquals("terminating"u8) ? JsonFields.TryReadFlag(ref reader, "terminating", ref draft.Terminating)
                : reader.TrySkip();
            if (!read)
                return false;
        }

        return true;
    }

    private bool TryReadTarget(ref Utf8JsonReader reader, ref SliceEndpointDraft draft)
    {
        draft.TargetIsPod = false;
        draft.TargetName = draft.TargetNamespace = null;
        draft.TargetUid = default;
        if (!JsonFields.TryEnterObject(ref reader, "targetRef", out draft.HasTarget))
            return false;
        while (draft.HasTarget)
        {
            if (!JsonFields.TryNextField(ref reader, out bool ended))
                return false;
            if (ended)
                break;
            if (!TryReadTargetField(ref reader, ref draft))
                return false;
        }

        return true;
    }

    /// <summary>A StatefulSet's pod has its name for a hostname: then both are one string.</summary>
    private static bool TryReadTargetName(ref Utf8JsonReader reader, ref SliceEndpointDraft draft)
    {
        if (!JsonFields.TryReadString(ref reader, "targetRef.name", out bool present))
            return false;
        draft.TargetName = !present ? null
            : draft.Hostname is { } hostname && reader.ValueTextEquals(hostname) ? hostname
            : JsonFields.Text(ref reader, "targetRef.name");
        return true;
    }

    private bool TryReadTargetField(ref Utf8JsonReader reader, ref SliceEndpointDraft draft)
    {
        if (reader.ValueTextEquals("name"u8))
            return TryReadTargetName(ref reader, ref draft);
        if (reader.ValueTextEquals("namespace"u8))
            return JsonFields.TryReadPooled(ref reader, "targetRef.namespace", pool, ref draft.TargetNamespace);
        if (reader.ValueTextEquals("uid"u8))
            return SliceUid.TryRead(ref reader, "targetRef.uid", out draft.TargetUid);
        if (!reader.ValueTextEquals("kind"u8))
            return reader.TrySkip();
        if (!JsonFields.TryReadString(ref reader, "targetRef.kind", out bool present))
            return false;
        draft.TargetIsPod = present && reader.ValueTextEquals("Pod"u8);
        return true;
    }
}
