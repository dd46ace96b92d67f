using System.Text.Json;
using Berth.Kubernetes.Addresses;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Slices;

/// <summary>Reads the endpoints of a slice from its JSON.</summary>
internal sealed class SliceEndpointDecoder(SliceEndpointMaker maker)
{
    private readonly List<PodEndpoint> _found = [];

    /// <summary>Reads the array from the property name <c>endpoints</c> on; null is an empty one.</summary>
    public bool TryReadAll(ref Utf8JsonReader reader, SliceAddressType type, string @namespace, out PodEndpoint[] endpoints)
    {
        endpoints = [];
        _found.Clear();
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
            _found.Add(maker.Make(draft, type, @namespace));
        }

        if (_found.Count > 0)
            endpoints = [.. _found];
        _found.Clear();
        return true;
    }

    private bool TryReadOne(scoped ref Utf8JsonReader reader, ref SliceEndpointDraft draft)
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

    private bool TryReadField(scoped ref Utf8JsonReader reader, ref SliceEndpointDraft draft)
    {
        if (reader.ValueTextEquals("addresses"u8))
            return TryReadAddresses(ref reader, ref draft);
        if (reader.ValueTextEquals("conditions"u8))
            return TryReadConditions(ref reader, ref draft);
        if (reader.ValueTextEquals("hostname"u8))
            return JsonFields.TryReadUtf8(ref reader, "hostname", out draft.Hostname, out _);
        if (reader.ValueTextEquals("targetRef"u8))
            return TryReadTarget(ref reader, ref draft);
        if (reader.ValueTextEquals("nodeName"u8))
            return JsonFields.TryReadUtf8(ref reader, "nodeName", out draft.Node, out draft.HasNode);
        return reader.ValueTextEquals("zone"u8)
            ? JsonFields.TryReadUtf8(ref reader, "zone", out draft.Zone, out draft.HasZone)
            : reader.TrySkip();
    }

    private bool TryReadAddresses(scoped ref Utf8JsonReader reader, ref SliceEndpointDraft draft)
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
            if (reader.ValueIsEscaped)
                draft.AddressText = SliceAddress.Printable(reader.ValueSpan);
            else
                maker.ReadAddress(reader.ValueSpan, ref draft);
        }

        return true;
    }

    private static bool TryReadConditions(scoped ref Utf8JsonReader reader, ref SliceEndpointDraft draft)
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

    private static bool TryReadTarget(scoped ref Utf8JsonReader reader, ref SliceEndpointDraft draft)
    {
        draft.TargetIsPod = false;
        draft.TargetName = draft.TargetNamespace = draft.TargetUid = default;
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

    private static bool TryReadTargetField(scoped ref Utf8JsonReader reader, ref SliceEndpointDraft draft)
    {
        if (reader.ValueTextEquals("name"u8))
            return JsonFields.TryReadUtf8(ref reader, "targetRef.name", out draft.TargetName, out _);
        if (reader.ValueTextEquals("namespace"u8))
            return JsonFields.TryReadUtf8(ref reader, "targetRef.namespace", out draft.TargetNamespace, out _);
        if (reader.ValueTextEquals("uid"u8))
            return JsonFields.TryReadUtf8(ref reader, "targetRef.uid", out draft.TargetUid, out _);
        if (!reader.ValueTextEquals("kind"u8))
            return reader.TrySkip();
        if (!JsonFields.TryReadString(ref reader, "targetRef.kind", out bool present))
            return false;
        draft.TargetIsPod = present && reader.ValueTextEquals("Pod"u8);
        return true;
    }
}
