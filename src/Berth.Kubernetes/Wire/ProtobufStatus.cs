using System.Collections.Immutable;

namespace Berth.Kubernetes.Wire;

/// <summary>Reads a <c>Status</c> (meta/v1), which a server sends with a refusal when protobuf was requested.</summary>
internal static class ProtobufStatus
{
    /// <summary>Reads a Status. Null when it is not a Status.</summary>
    public static KubernetesStatus? Parse(ReadOnlySpan<byte> answer)
    {
        try
        {
            ReadOnlySpan<byte> message = ProtobufEnvelope.Open(answer, "Status");
            return message.IsEmpty ? null : Read(message);
        }
        catch (ResourceFormatException)
        {
            return null;
        }
    }

    private static KubernetesStatus Read(ReadOnlySpan<byte> message)
    {
        KubernetesStatus status = new(0, null, null, [], null);
        ProtobufReader reader = new(message);
        while (reader.Read())
        {
            status = reader.Field switch
            {
                3 => status with { Message = reader.Text("message") },
                4 => status with { Reason = reader.Text("reason") },
                5 => ReadDetails(reader.Bytes("details"), status),
                6 => status with { Code = reader.Number("code") },
                _ => status,
            };
        }

        return status;
    }

    private static KubernetesStatus ReadDetails(ReadOnlySpan<byte> message, KubernetesStatus status)
    {
        ImmutableArray<StatusCause>.Builder causes = ImmutableArray.CreateBuilder<StatusCause>();
        int? seconds = null;
        ProtobufReader reader = new(message);
        while (reader.Read())
        {
            if (reader.Field == 4)
                causes.Add(ReadCause(reader.Bytes("details.causes")));
            else if (reader.Field == 5)
                // A number above an int is a long wait. It must not count as no wait.
                seconds = reader.NearestNumber("details.retryAfterSeconds");
        }

        // Unlike JSON, protobuf contains a zero that was not set.
        return status with { Causes = causes.DrainToImmutable(), RetryAfterSeconds = seconds > 0 ? seconds : null };
    }

    private static StatusCause ReadCause(ReadOnlySpan<byte> message)
    {
        (string? reason, string? text) = (null, null);
        ProtobufReader reader = new(message);
        while (reader.Read())
        {
            if (reader.Field == 1)
                reason = reader.Text("details.causes.reason");
            else if (reader.Field == 2)
                text = reader.Text("details.causes.message");
        }

        return new StatusCause(reason, text);
    }
}
