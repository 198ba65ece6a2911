{ services.ai-models.enable = true; }
