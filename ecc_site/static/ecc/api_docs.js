// Draws the OpenAPI document. A pasted token stays in this page alone: it is not remembered.
const place = document.getElementById("api-docs");
SwaggerUIBundle({
  url: place.dataset.openapi,
  domNode: place,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: false,
  persistAuthorization: false,
  validatorUrl: null,
});
