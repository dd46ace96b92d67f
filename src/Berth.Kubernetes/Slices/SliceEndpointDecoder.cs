using System.Text.Json;
using Berth.Kubernetes.Addresses;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Slices;

/// <summary>Reads the endpoints of a slice from its JSON.</summary>
internal sealed class SliceEndpointDecoder
{
    private readonly SliceEndpointMaker _maker;
    private readonly SliceEndpoints _found = new();
    private readonly FieldReader<(SliceAddressType Type, string Namespace)> _readEndpoint;
    private readonly FieldReader<SliceEndpointDraft> _readField;

    public SliceEndpointDecoder(SliceEndpointMaker maker)
    {
        _maker = maker;
        _readEndpoint = TryReadOne;
        _readField = TryReadField;
    }

    /// <summary>Reads the array, starting at the property name <c>endpoints</c>. Null is an empty array.</summary>
    public bool TryReadAll(
        scoped ref Utf8JsonReader reader, SliceAddressType type, string @namespace, out (SlicePod[] Pods, OddEndpoint[] Odd) endpoints)
    {
        _found.Begin();
        (SliceAddressType, string) slice = (type, @namespace);
        bool read = JsonFields.TryReadArray(ref reader, "endpoints", ref slice, _readEndpoint);
        endpoints = _found.Take();
        return read;
    }

    private bool TryReadOne(scoped ref Utf8JsonReader reader, ref (SliceAddressType Type, string Namespace) slice)
    {
        SliceEndpointDraft draft = default;
        if (!JsonFields.TryReadFields(ref reader, ref draft, _readField))
            return false;
        _found.Add(_maker.Make(draft, slice.Type, slice.Namespace));
        return true;
    }

    private bool TryReadField(scoped ref Utf8JsonReader reader, ref SliceEndpointDraft draft)
    {
        if (reader.ValueTextEquals("addresses"u8))
            return TryReadAddresses(ref reader, ref draft);
        if (reader.ValueTextEquals("conditions"u8))
        {
            draft.Ready = draft.Serving = draft.Terminating = null;
            return JsonFields.TryReadObject(ref reader, "conditions", ref draft, TryReadCondition);
        }

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
                _maker.ReadAddress(reader.ValueSpan, ref draft);
        }

        return true;
    }

    private static bool TryReadCondition(scoped ref Utf8JsonReader reader, ref SliceEndpointDraft draft) =>
        reader.ValueTextEquals("ready"u8) ? JsonFields.TryReadFlag(ref reader, "ready", ref draft.Ready)
        : reader.ValueTextEquals("serving"u8) ? JsonFields.TryReadFlag(ref reader, "serving", ref draft.Serving)
        : reader.ValueTextEquals("terminating"u8) ? JsonFields.TryReadFlag(ref reader, "terminating", ref draft.Terminating)
        : reader.TrySkip();

    private static bool TryReadTarget(scoped ref Utf8JsonReader reader, ref SliceEndpointDraft draft)
    {
        draft.TargetIsPod = false;
        draft.TargetName = draft.TargetNamespace = draft.TargetUid = default;
        return JsonFields.TryEnterObject(ref reader, "targetRef", out draft.HasTarget)
            && (!draft.HasTarget || JsonFields.TryReadFields(ref reader, ref draft, TryReadTargetField));
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
