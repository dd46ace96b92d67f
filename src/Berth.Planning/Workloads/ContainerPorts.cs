using Berth.Planning.Objects;

namespace Berth.Planning.Workloads;

/// <summary>The ports that the arguments and variables of one container state.</summary>
internal sealed class ContainerPorts(PlanObject owner, Container container)
{
    /// <summary>Reads the statement; null when there is none, or with a fault.</summary>
    public PortStatement? Read(PortOrigin origin, string prefix, out PlanFault? fault)
    {
        fault = null;
        bool isFixed = false;
        (string Value, string Source, JsonNode Node)? found = container.Setting("base-port");
        if (found is null)
        {
            found = container.Setting("fixed-port");
            isFixed = true;
        }

        if (found is not { } statement)
            return null;
        int stride = isFixed ? 0 : ReadStride(out fault);
        if (fault is not null)
            return null;
        if (PortStatement.Parse(statement.Value, stride, out string? sentence) is { } ports)
            return new PortStatement(ports, prefix + statement.Source, owner.At(statement.Node), origin);
        fault = Fault(statement.Source, owner.At(statement.Node), sentence!);
        return null;
    }

    private int ReadStride(out PlanFault? fault)
    {
        fault = null;
        if (container.Setting("stride") is not { } stated)
            return 1;
        if (int.TryParse(stated.Value, CultureInfo.InvariantCulture, out int stride) && stride is >= 1 and <= 65535)
            return stride;
        fault = Fault(stated.Source, owner.At(stated.Node), $"The stride '{stated.Value}' is not a whole number in 1..65535.");
        return 1;
    }

    private PlanFault Fault(string source, PlanLocation location, string sentence) => new(
        PlanRule.PortValue, PlanLevel.Error, owner.Subject, location, $"{source}: {sentence}",
        "The program does not start with this value, and the plan cannot count its ports.", "Correct the value.");
}
