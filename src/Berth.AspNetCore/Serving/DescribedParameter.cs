using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace Berth.AspNetCore.Serving;

/// <summary>Describes a parameter of a route to OpenAPI. The answer itself reads it from the request.</summary>
internal sealed class DescribedParameter(ParameterInfo parameter) : IParameterBindingMetadata
{
    public string Name => parameter.Name!;

    public bool HasTryParse => false;

    public bool HasBindAsync => false;

    public ParameterInfo ParameterInfo => parameter;

    public bool IsOptional => parameter.HasDefaultValue;
}
